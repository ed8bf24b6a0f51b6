import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultTarget } from '../../schemas/fault-target.ts';
import type { Store } from '../../store/store.ts';
import { lookOnce } from './look-once.ts';

/** What is waited for, and until when. */
export interface Watching {
  /** `well`: so many good answers in a row. `ill`: faults as the trigger counts them. */
  readonly wanted: 'well' | 'ill';
  /** RFC 3339: no look begins after it, but there is at least one. */
  readonly untilAt: string;
  readonly everyMs: number;
  /** Good answers in a row. */
  readonly healthy: number;
  /** Answers of the call before, newest last: true is well. */
  readonly recent: readonly boolean[];
}

export interface Watched {
  readonly reached: boolean;
  readonly recent: boolean[];
  readonly looks: number;
  /** The last look, in our words. */
  readonly detail: string;
}

/** Answers that a count may need. */
const mostRecent = 100;

/** Looks again and again until the service is as wanted, or time is up. Reads only; may be repeated. @throws storeBusy */
export async function watchService(
  store: Pick<Store, 'db' | 'clock'>,
  target: FaultTarget,
  watching: Watching,
  signal?: AbortSignal,
): Promise<Watched> {
  const { everyMs, untilAt } = watching;
  const recent = [...watching.recent];
  for (let looks = 1; ; looks += 1) {
    const { well, detail } = await lookOnce(store, target);
    recent.push(well);
    if (recent.length > mostRecent) recent.shift();
    const reached = isReached(recent, target, watching);
    const nextAt = store.clock.now().getTime() + everyMs;
    if (reached || nextAt > Date.parse(untilAt)) return { reached, recent, looks, detail };
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    // A worker that stops gives what it knows; the next stretch goes on from there.
    if (signal?.aborted === true) return { reached, recent, looks, detail };
  }
}

function isReached(recent: readonly boolean[], target: FaultTarget, { wanted, healthy }: Watching): boolean {
  if (wanted === 'well') {
    const wantedInRow = 'watch' in target ? 1 : healthy;
    return recent.length >= wantedInRow && recent.slice(-wantedInRow).every((well) => well);
  }
  const counted = 'watch' in target ? 1 : (target.http.for ?? 1);
  const { n, of } = typeof counted === 'number' ? { n: counted, of: counted } : counted;
  return recent.slice(-of).filter((well) => !well).length >= n;
}
