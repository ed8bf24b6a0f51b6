import { workflowIds } from '../schemas/ids.ts';
import { priorityKeys, signals, taskQueues, workflowTypes } from '../schemas/protocol.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/** Sees to it that a conversation has its run, and that the run looks at the ledger. May be repeated. @throws temporalBusy */
export async function wakeConversation({ client }: DispatchDeps, conversationId: string): Promise<void> {
  try {
    await client.workflow.signalWithStart(workflowTypes.conversation, {
      workflowId: workflowIds.conversation(conversationId),
      taskQueue: taskQueues.main,
      args: [{ conversationId }],
      signal: signals.turnAccepted,
      signalArgs: [],
      priority: { priorityKey: priorityKeys.high, fairnessKey: conversationId },
      staticSummary: 'takes the turns of one conversation',
    });
  } catch (error) {
    throw nameFailure(error);
  }
}
