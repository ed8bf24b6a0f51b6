import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP door before a server that notes who comes, and can be shut or go dead. */
export interface FarDoor extends AsyncDisposable {
  readonly port: number;
  /** When each connection came, `performance.now()`. */
  readonly came: readonly number[];
  /** `open` lets all through; `shut` hangs up at once on all; `dead` takes all in and says nothing, as a cable that is cut. */
  be(how: 'open' | 'shut' | 'dead'): void;
}

/** Stands before a port of this machine, open. */
export async function farDoor(target: number): Promise<FarDoor> {
  const pairs = new Set<{ near: Socket; far: Socket }>();
  const came: number[] = [];
  // Whoever is let in by a dead door belongs to no pair.
  const guests = new Set<Socket>();
  let how: 'open' | 'shut' | 'dead' = 'open';
  const server = createServer((near) => {
    came.push(performance.now());
    near.on('error', () => near.destroy()).on('close', () => guests.delete(near));
    guests.add(near);
    if (how === 'shut') return void near.destroy();
    if (how === 'dead') return;
    const far = connect(target, '127.0.0.1');
    const pair = { near, far };
    pairs.add(pair);
    near.on('data', (bytes) => how !== 'dead' && far.write(bytes));
    far.on('data', (bytes) => how !== 'dead' && near.write(bytes));
    const cut = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const end of [near, far]) end.on('error', cut).on('close', cut);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cutAll = () => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    came,
    be: (next) => {
      how = next;
      if (next === 'shut') cutAll();
    },
    [Symbol.asyncDispose]: async () => {
      cutAll();
      for (const guest of guests) guest.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
