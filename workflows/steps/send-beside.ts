import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { workflowTypes } from '../../schemas/protocol.ts';
import type { sendOutbox } from '../send-outbox.ts';

/** Has an effect sent by a run of its own, which goes on when this one ends. Resolves once that run is safe. */
export async function sendBeside(outboxId: string): Promise<void> {
  try {
    await startChild<typeof sendOutbox>(workflowTypes.sendOutbox, {
      workflowId: `outbox:${outboxId}`,
      args: [{ outboxId }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `sends ${outboxId}`,
    });
  } catch (error) {
    // The sweeper was there first.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
