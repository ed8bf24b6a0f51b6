import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { runFire } from './steps/run-fire.ts';

/**
 * Does nothing, once: the cost of a fire and of nothing else.
 *
 *   schedule | manual -> noop -> ledger.endFire
 *
 * Repeat: one slot is one run. Failure: none of its own.
 */
export function noop(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, () => Promise.resolve({ outcome: 'done' }));
}
