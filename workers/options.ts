import type { WorkerOptions } from '@temporalio/worker';
import { type TaskQueue, taskQueues } from '../schemas/protocol.ts';

/** What a process may serve. All of them by default. */
export const roles = ['main', 'io', 'llm', 'batch'] as const;
export type Role = (typeof roles)[number];

interface WorkerSize {
  readonly taskQueue: TaskQueue;
  readonly options: Partial<WorkerOptions>;
}

/**
 * Sizes of the workers, one a role. For a machine with two cores: few pollers, since each costs the server a standing
 * request, and slots by what the work waits for.
 */
export function workerSize(role: Role, options: { cachedWorkflows: number }): WorkerSize {
  const taskQueue = taskQueues[role];
  switch (role) {
    case 'main':
      return {
        taskQueue,
        options: {
          // About 1 MB a cached run; `0` makes every task a replay, which the tests use to find what is not deterministic.
          maxCachedWorkflows: options.cachedWorkflows,
          maxConcurrentWorkflowTaskExecutions: 10,
          maxConcurrentActivityTaskExecutions: 10,
          maxConcurrentLocalActivityExecutions: 10,
          workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: options.cachedWorkflows === 0 ? 1 : 2 },
          activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
        },
      };
    case 'io':
      // A session of each account holds a slot for as long as the worker lives.
      return { taskQueue, options: activityOnly(64) };
    case 'llm':
      return { taskQueue, options: activityOnly(4) };
    case 'batch':
      return {
        taskQueue,
        options: {
          maxCachedWorkflows: Math.min(options.cachedWorkflows, 10),
          maxConcurrentWorkflowTaskExecutions: options.cachedWorkflows === 0 ? 1 : 2,
          maxConcurrentActivityTaskExecutions: 2,
          maxConcurrentLocalActivityExecutions: 2,
          workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: options.cachedWorkflows === 0 ? 1 : 2 },
          activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
        },
      };
  }
}

const activityOnly = (slots: number): Partial<WorkerOptions> => ({
  maxConcurrentActivityTaskExecutions: slots,
  activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 1 },
});
