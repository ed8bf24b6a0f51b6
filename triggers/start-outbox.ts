import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { workflowIds } from '../schemas/ids.ts';
import { taskQueues, workflowTypes } from '../schemas/protocol.ts';
import type { DispatchDeps } from './dispatch-deps.ts';

/**
 * Starts the run that brings one effect to its end, unless one is at it.
 *
 * @param how.again - also where such a run has ended before
 * @param how.left - the state in which it was found
 * @returns whether this call started it
 */
export async function startOutbox(
  { client }: Pick<DispatchDeps, 'client'>,
  outboxId: string,
  how: { readonly again: boolean; readonly left: string },
): Promise<boolean> {
  try {
    await client.workflow.start(workflowTypes.sendOutbox, {
      workflowId: workflowIds.outbox(outboxId),
      taskQueue: taskQueues.main,
      args: [{ outboxId }],
      workflowIdReusePolicy: how.again ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      staticSummary: `takes up the effect ${outboxId}, left ${how.left}`,
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
