import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import type { Priority } from '@temporalio/common';

/** Runs that wait, and how many of them are looked at: more than a share of one partition, fewer than all. */
const waiting = 60;
const looked = 20;
/** A run that nobody takes ends by itself, should the probe be killed. */
const longestSeconds = 60;

/**
 * Whether a server takes the one that should go first before those that wait longer: measured, since no server says it
 * of itself. On a task queue of its own, which no worker serves; takes half a second more than `settleMs` twice and leaves no run behind.
 *
 * @param rest - what `waiting` runs carry that begin before it
 * @param first - what the one carries that begins last
 * @param settleMs - how long the server takes at the least to put into the queue what it has accepted
 * @returns at which place it was handed out, 1 where at once; undefined where it was not among the first 20 of 61
 * @throws what the server says, when it does not answer
 * @source docs/design/temporal.md
 */
export async function probeOrder(
  connection: Connection,
  { namespace, rest, first, settleMs }: { namespace: string; rest: Priority; first: Priority; settleMs: number },
): Promise<number | undefined> {
  const { workflowService } = connection;
  const mark = randomUUID();
  const taskQueue = { name: `steward-probe-${mark}` };
  const idOf = (at: number) => `steward-probe-${mark}-${at}`;
  const start = (at: number, priority: Priority) =>
    workflowService.startWorkflowExecution({
      ...{ namespace, workflowId: idOf(at), requestId: randomUUID(), taskQueue, priority },
      ...{ workflowType: { name: 'probe' }, workflowExecutionTimeout: { seconds: longestSeconds as never } },
    });
  const started: number[] = [];
  const begin = (at: number, priority: Priority) => start(at, priority).then(() => started.push(at));
  try {
    await Promise.all(Array.from({ length: waiting }, (_, at) => begin(at, rest)));
    // What is not in the queue yet could come behind the one that begins last.
    await sleep(settleMs);
    await begin(waiting, first);
    await sleep(settleMs);
    for (let place = 1; place <= looked; place += 1) {
      const task = await connection.withDeadline(Date.now() + 5_000, () =>
        workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity: 'steward doctor' }),
      );
      if (task.workflowExecution?.workflowId === idOf(waiting)) return place;
    }
    return undefined;
  } finally {
    await Promise.allSettled(
      started.map((at) =>
        workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId: idOf(at) } }),
      ),
    );
  }
}
