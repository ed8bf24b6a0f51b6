import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultTarget } from '../../schemas/fault-target.ts';
import type { Store } from '../../store/store.ts';
import { type Look, lookOnce } from './look-once.ts';

/** What is waited for, and until when. */
export interface Watching {
  /** `well`: so many good answers in a row. `ill`: faults as the trigger counts them. */
  readonly wanted: 'well' | 'ill';
  /** RFC 3339: no look begins after it, but there is at least one. */
  readonly untilAt: string;
  readonly everyMs: number;
  /** Good answers in a row. */
  readonly healthy: number;
  /** Verdicts of the call before, newest last. */
  readonly recent: readonly Look['verdict'][];
}

export interface Watched {
  readonly reached: boolean;
  readonly recent: Look['verdict'][];
  readonly looks: number;
  /** The last look, in our words. */
  readonly detail: string;
}

/** Answers that a count may need. */
const mostRecent = 100;

/** Looks again and again until the service is as wanted, or time is up. Reads only; may be repeated. @throws storeBusy */
export async function watchService(
  store: Store,
  target: FaultTarget,
  watching: Watching,
  signal?: AbortSignal,
): Promise<Watched> {
  const { everyMs, untilAt } = watching;
  const recent = [...watching.recent];
  for (let looks = 1; ; looks += 1) {
    const { verdict, detail } = await lookOnce(store, target);
    recent.push(verdict);
    if (recent.length > mostRecent) recent.shift();
    const reached = isReached(recent, target, watching);
    const nextAt = store.clock.now().getTime() + everyMs;
    if (reached || nextAt > Date.parse(untilAt)) return { reached, recent, looks, detail };
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    // A worker that stops gives what it knows; the next stretch goes on from there.
    if (signal?.aborted === true) return { reached, recent, looks, detail };
  }
}

/** What says nothing neither heals a service nor makes it ill. */
function isReached(recent: Watched['recent'], target: FaultTarget, { wanted, healthy }: Watching): boolean {
  if (wanted === 'well') {
    const inRow = 'watch' in target ? 1 : healthy;
    return recent.length >= inRow && recent.slice(-inRow).every((verdict) => verdict === 'well');
  }
  const counted = 'http' in target ? target.http.for : 1;
  const { n, of } = typeof counted === 'number' ? { n: counted, of: counted } : counted;
  return recent.slice(-of).filter((verdict) => verdict === 'fault').length >= n;
}
