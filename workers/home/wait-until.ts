import { setTimeout as sleep } from 'node:timers/promises';
import { StewardError } from '../../schemas/errors.ts';
import type { RunningPart } from './spawn-part.ts';

/**
 * Asks `probe` until it says yes. Ends early when the child does.
 *
 * @param within - milliseconds to wait at most
 * @throws childFailed when the child ends first or the time passes; names the log file
 */
export async function waitUntil(
  probe: () => Promise<boolean>,
  { name, part, within, logFile }: { name: string; part: RunningPart; within: number; logFile: string },
): Promise<void> {
  let ended: string | undefined;
  part.ended.then(({ code, signal }) => {
    ended = signal === null ? `status ${code}` : `signal ${signal}`;
  }, Boolean);
  const until = performance.now() + within;
  while (!(await probe())) {
    if (ended !== undefined) throw new StewardError('childFailed', `${name} ended with ${ended}, see ${logFile}`);
    if (performance.now() > until) {
      throw new StewardError('childFailed', `${name} was not ready within ${within / 1000} s, see ${logFile}`);
    }
    await sleep(25);
  }
}
