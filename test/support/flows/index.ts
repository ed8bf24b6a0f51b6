import { condition, proxyActivities } from '@temporalio/workflow';
import type { FireEnding, FireInput } from '../../../schemas/flow-io.ts';

const { endFire } = proxyActivities<{ endFire(ending: FireEnding): Promise<void> }>({ startToCloseTimeout: '10s' });

/** Ends its fire and is done. */
export async function quick(fire: FireInput): Promise<string> {
  await endFire({ fireId: fire.fireId, ending: 'ran', outcome: { outcome: 'done', facts: { n: 1 } } });
  return 'done';
}

/** Completes and forgets to end its fire. */
export async function forgetful(_: FireInput): Promise<string> {
  return 'done';
}

/** Runs until somebody stops it. */
export async function endless(_: FireInput): Promise<void> {
  await condition(() => false);
}

export async function sendOutbox({ outboxId }: { outboxId: string }): Promise<string> {
  return outboxId;
}
