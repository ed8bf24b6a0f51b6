import { ApplicationFailure } from '@temporalio/workflow';
import type { FireInput, FlowOutcome } from '../../schemas/flow-io.ts';
import { runFire } from './run-fire.ts';

type OwnerFlow = (fire: FireInput) => Promise<FlowOutcome | undefined>;

/**
 * Makes a flow of an owner's file: its default export, or its one function, run like our own so that its fire ends.
 *
 * @param load - loads the file when it runs, so that one that throws while loading harms no other flow
 */
export function ownerFlow(
  name: string,
  load: () => Record<string, unknown>,
): (fire: FireInput) => Promise<FlowOutcome> {
  return (fire) =>
    runFire(fire, async (begun) => {
      const module = load();
      const functions = Object.values(module).filter((value) => typeof value === 'function');
      const flow = (module.default ?? functions[0]) as OwnerFlow | undefined;
      if (typeof flow !== 'function') {
        throw ApplicationFailure.nonRetryable(`workflows/${name}.ts exports no function`, 'flowBroken');
      }
      return (await flow(begun)) ?? { outcome: 'done' };
    });
}
