import { ApplicationFailure } from '@temporalio/workflow';
import type { FireInput, FlowOutcome } from '../../schemas/flow-io.ts';
import { runFire } from './run-fire.ts';

type OwnerFlow = (fire: FireInput) => Promise<FlowOutcome | undefined>;

/** Makes a flow of an owner's file: its default export, or its one function, run like our own so that its fire ends. */
export function ownerFlow(name: string, module: Record<string, unknown>): (fire: FireInput) => Promise<FlowOutcome> {
  const functions = Object.values(module).filter((value) => typeof value === 'function');
  const flow = (module.default ?? functions[0]) as OwnerFlow | undefined;
  return (fire) =>
    runFire(fire, async () => {
      if (typeof flow !== 'function') {
        throw ApplicationFailure.nonRetryable(`workflows/${name}.ts exports no function`, 'flowBroken');
      }
      return (await flow(fire)) ?? { outcome: 'done' };
    });
}
