import { setTimeout as sleep } from 'node:timers/promises';
import { StewardError } from '../../schemas/errors.ts';
import type { RunningPart } from './spawn-part.ts';

interface Waiting {
  readonly name: string;
  readonly part: RunningPart;
  /** Milliseconds to wait at most. */
  readonly within: number;
  readonly logFile: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks `probe` until it says yes. Ends early when the child does.
 *
 * @throws childFailed when the child ends first, the time passes or the signal comes; names the log file
 */
export async function waitUntil(
  probe: () => Promise<boolean>,
  { name, part, within, logFile, signal }: Waiting,
): Promise<void> {
  let ended: string | undefined;
  part.ended.then(({ code, signal }) => {
    ended = signal === null ? `status ${code}` : `signal ${signal}`;
  }, Boolean);
  const until = performance.now() + within;
  while (!(await probe())) {
    if (ended !== undefined) throw new StewardError('childFailed', `${name} ended with ${ended}, see ${logFile}`);
    if (signal?.aborted === true) throw new StewardError('childFailed', `${name} was stopped before it was ready`);
    if (performance.now() > until) {
      throw new StewardError('childFailed', `${name} was not ready within ${within / 1000} s, see ${logFile}`);
    }
    await sleep(25);
  }
}
