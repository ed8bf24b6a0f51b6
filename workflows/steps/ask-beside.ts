import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { CallOfTurn } from '../../activities/conversations/agent/act.ts';
import { workflowTypes } from '../../schemas/protocol.ts';
import type { askedAction } from '../asked-action.ts';

/** Has a person asked by a run of its own: a word may take months, and the conversation goes on. */
export async function askBeside(call: CallOfTurn): Promise<void> {
  try {
    await startChild<typeof askedAction>(workflowTypes.askedAction, {
      workflowId: `action:${call.inboxId}:${call.step}-${call.call}`,
      args: [call],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: 'asks for a person’s word on what a model wants done',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
