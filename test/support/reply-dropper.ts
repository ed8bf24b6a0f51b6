import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that can lose what the far side answers after it has taken everything. */
export interface ReplyDropper extends AsyncDisposable {
  readonly port: number;
  /**
   * From now on nothing of the far side comes through on the connections that are open, or on the next one that is made,
   * while all that goes there does; after so many milliseconds they are cut. Connections that come later are whole.
   */
  dropReplies(graceMs: number, which: 'open' | 'next'): void;
}

interface Pair {
  deaf: boolean;
  readonly near: Socket;
  readonly far: Socket;
}

function deafen(pair: Pair, graceMs: number): void {
  pair.deaf = true;
  setTimeout(() => {
    pair.near.destroy();
    pair.far.destroy();
  }, graceMs);
}

/** Stands before a port of this machine. */
export async function replyDropper(target: number): Promise<ReplyDropper> {
  const open = new Set<Pair>();
  let nextGraceMs: number | undefined;
  const server = createServer((near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    const pair = { deaf: false, near, far };
    open.add(pair);
    if (nextGraceMs !== undefined) deafen(pair, nextGraceMs);
    nextGraceMs = undefined;
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      if (!pair.deaf) near.write(bytes);
    });
    const cut = () => {
      open.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const end of [near, far]) end.on('error', cut).on('close', cut);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    dropReplies: (graceMs, which) => {
      if (which === 'next') nextGraceMs = graceMs;
      else for (const pair of open) deafen(pair, graceMs);
    },
    [Symbol.asyncDispose]: async () => {
      for (const { near, far } of open) {
        near.destroy();
        far.destroy();
      }
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
