import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { FireInput } from '../schemas/flow-io.ts';
import { priorityKeys, searchAttributes, type TaskQueue, taskQueues } from '../schemas/protocol.ts';
import { longestRetryWaitMs } from '../schemas/trigger-file.ts';
import { argsOf, type FireRow } from '../store/fires/open-fire.ts';
import { detailsOf, summaryOf } from './describe-fire.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

const triggerKey = defineSearchAttributeKey(searchAttributes.trigger, SearchAttributeType.KEYWORD);
const fireKey = defineSearchAttributeKey(searchAttributes.fire, SearchAttributeType.KEYWORD);

/**
 * Starts the workflow of a fire whose row is safe. May be repeated: the id is fixed, so a second start is success.
 *
 * @param delayMs - how long the run waits before its first step
 * @returns whether this call started it
 * @throws temporalBusy
 */
export async function startFire(
  { store, client, requestEagerStart }: Pick<DispatchDeps, 'store' | 'client' | 'requestEagerStart'>,
  fire: FireRow,
  delayMs = 0,
): Promise<boolean> {
  try {
    await client.workflow.start(fire.flow, {
      workflowId: fire.workflowId,
      taskQueue: queueOf(fire.priority),
      args: [inputOf(fire, argsOf(store, fire))],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      priority: { priorityKey: priorityKeys[fire.priority], fairnessKey: fire.trigger },
      staticSummary: summaryOf(fire),
      staticDetails: detailsOf(fire),
      typedSearchAttributes: [
        { key: triggerKey, value: fire.trigger },
        { key: fireKey, value: fire.id },
      ],
      ...retryOf(fire),
      ...(delayMs > 0 ? { startDelay: delayMs } : { requestEagerStart: requestEagerStart ?? false }),
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw nameFailure(error);
  }
}

/** Low and background work has slots of its own: it neither gets in the way of the rest nor starves behind it. */
export function queueOf(priority: FireRow['priority']): TaskQueue {
  return priority === 'low' || priority === 'background' ? taskQueues.batch : taskQueues.main;
}

/** Temporal begins a failed run anew under the same id; only the last failure is an ending. */
function retryOf({ policy }: FireRow) {
  const retry = policy?.retry;
  if (retry === undefined || retry.attempts < 2) return {};
  return {
    retry: {
      maximumAttempts: retry.attempts,
      initialInterval: retry.wait,
      backoffCoefficient: retry.factor,
      maximumInterval: longestRetryWaitMs,
    },
  };
}

function inputOf(fire: FireRow, args: FireInput['args']): FireInput {
  return {
    fireId: fire.id,
    trigger: fire.trigger,
    flow: fire.flow,
    personId: fire.personId,
    priority: fire.priority,
    dueAt: fire.dueAt.toISOString(),
    acceptedAt: fire.acceptedAt.toISOString(),
    deliver: fire.deliver,
    args: fire.waits === 'debounce' ? {} : args,
    ...(fire.waits === 'debounce' ? { holds: true as const } : {}),
    ...(fire.policy?.retry === undefined ? {} : { attempts: fire.policy.retry.attempts }),
    ...(fire.causedBy === null ? {} : { causedBy: fire.causedBy }),
  };
}
