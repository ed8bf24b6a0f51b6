/**
 * What an owner's flow in `$STEWARD_HOME/workflows/` may use: `import { tell, makeDigest, sleep } from 'steward/flow'`.
 *
 * A flow is a Temporal workflow: no clock, no network, no files; those are activities.
 */
import type { FireInput } from '../schemas/flow-io.ts';
import { outbox } from './proxies.ts';
import { settleOutbox } from './steps/settle-outbox.ts';

export { ApplicationFailure, condition, log, sleep, workflowInfo } from '@temporalio/workflow';
export type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
export { type AskedWord, askApproval, type Word } from './steps/ask-approval.ts';
export { deliver } from './steps/deliver.ts';
export { makeDigest } from './steps/make-digest.ts';
export { note } from './steps/run-fire.ts';

/** Sends the owner a short message on every channel. @param key - the same key is the same message, sent once. */
export async function tell(fire: FireInput, key: string, message: { subject: string; text: string }): Promise<void> {
  const { outboxIds } = await outbox.notice({ personId: fire.personId, key: `${fire.fireId}:${key}`, ...message });
  await Promise.all(outboxIds.map((outboxId) => settleOutbox(outboxId)));
}
