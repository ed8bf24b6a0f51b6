import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { memory } from './proxies.ts';
import { note, runFire } from './steps/run-fire.ts';

/**
 * The nightly review: what is said twice, what contradicts, what fades; then every version is opened once, and the tables
 * are tidied up.
 *
 *   schedule -> consolidateMemory -> memory.review -> memory.check -> memory.tidy
 *
 * Repeat: one fire is one review, all of it or nothing. Failure: memory is as it was, and the next night reviews it.
 */
export function consolidateMemory(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, async () => {
    const { personId, fireId } = fire;
    const { review, ...counts } = await memory.review({ personId, fireId });
    note(fire, 'checking', counts);
    const { versions, broken } = await memory.check({ personId });
    await memory.tidy();
    return { outcome: broken > 0 ? 'broken' : 'reviewed', facts: { review, ...counts, versions, broken } };
  });
}
