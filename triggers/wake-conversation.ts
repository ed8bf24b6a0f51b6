import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { workflowIds } from '../schemas/ids.ts';
import { priorityKeys, signals, taskQueues, workflowTypes } from '../schemas/protocol.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/** Sees to it that a conversation has its run, and that the run looks at the ledger. May be repeated. @throws temporalBusy */
export async function wakeConversation(
  { client }: Pick<DispatchDeps, 'client'>,
  conversationId: string,
): Promise<void> {
  try {
    await client.workflow.signalWithStart(workflowTypes.conversation, {
      ...optionsOf(conversationId),
      ...{ signal: signals.turnAccepted, signalArgs: [] },
    });
  } catch (error) {
    throw nameFailure(error);
  }
}

/** Sees to it that a conversation has its run, and leaves one that it has alone. May be repeated. @throws temporalBusy */
export async function startConversation(
  { client }: Pick<DispatchDeps, 'client'>,
  conversationId: string,
): Promise<void> {
  try {
    await client.workflow.start(workflowTypes.conversation, {
      ...optionsOf(conversationId),
      workflowIdConflictPolicy: 'FAIL',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw nameFailure(error);
  }
}

function optionsOf(conversationId: string) {
  return {
    workflowId: workflowIds.conversation(conversationId),
    taskQueue: taskQueues.main,
    args: [{ conversationId }],
    priority: { priorityKey: priorityKeys.high, fairnessKey: conversationId },
    staticSummary: 'takes the turns of one conversation',
  };
}
