/**
 * - A conversation whose ledger is away for longer than the server gives a task can be read again: what its far sides
 *   answer meanwhile, and what is said meanwhile, is taken up in an order that does not depend on when it came.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { signals, taskQueues, workflowTypes } from '../../schemas/protocol.ts';
import { buildBundle } from '../../workers/bundle.ts';
import { ownNamespace } from '../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../support/temporal.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-order-'));
const codePath = join(folder, 'bundle.cjs');
let server: TestTemporal;
beforeAll(async () => {
  server = await temporal();
  await buildBundle(codePath);
}, 120_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** Longer than a task, which holds on to its local work by asking for more time after 8 s. */
const awayMs = 12_000;

test('a run reads again what its far sides and people said while its ledger was away', async () => {
  const { client, namespace } = await ownNamespace(server);
  const connection = await NativeConnection.connect({ address: server.address });
  const unsent = ['a', 'b'].map((line) => ({ line, outboxId: `out_${line}` }));
  let takes = 0;
  const sends: string[] = [];
  const activities = {
    'conversations.take': async () => {
      takes += 1;
      // The first look finds two answers; the ledger is away at the second one, as a turn is taken.
      if (takes === 2) await pause(awayMs);
      return { unsent, ...(takes > 1 && takes < 6 ? { inboxId: `inb_${takes}` } : {}) };
    },
    'outbox.send': async ({ outboxId }: { outboxId: string }) => {
      sends.push(outboxId);
      if (sends.length > 8) return { state: 'sent' };
      // One asks to wait, and is tried again while the ledger is away; the other answers late.
      if (outboxId === 'out_a') return { state: 'queued', waitMs: 2_000 };
      await pause(3_000);
      return { state: 'queued', waitMs: 1_000 };
    },
  };
  const workers = await Promise.all(
    [taskQueues.main, taskQueues.io].map((taskQueue) =>
      Worker.create({
        connection,
        namespace,
        taskQueue,
        activities,
        ...(taskQueue === taskQueues.main ? { workflowBundle: { codePath } } : {}),
      }),
    ),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  const handle = await client.workflow.start(workflowTypes.conversation, {
    ...{ workflowId: 'conv:one', taskQueue: taskQueues.main, args: [{ conversationId: 'cnv_one' }] },
  });
  const until = (what: () => boolean) => vi.waitUntil(what, { timeout: 60_000 });
  await until(() => takes === 1 && sends.length >= 2);
  await handle.signal(signals.turnAccepted);
  await until(() => takes === 2);
  await pause(awayMs / 2);
  await handle.signal(signals.turnAccepted);
  await until(() => takes > 5 && sends.length > 8);
  for (const worker of workers) worker.shutdown();
  await running;
  await connection.close();
  const history = await handle.fetchHistory();
  // A task did hold on to its work until it had to ask for more time.
  const events = history.events!;
  const heldSeconds = events.flatMap((event, at) =>
    event.workflowTaskCompletedEventAttributes == null
      ? []
      : [Number(event.eventTime!.seconds) - Number(events[at - 1]!.eventTime!.seconds)],
  );
  expect(Math.max(...heldSeconds)).toBeGreaterThanOrEqual(7);
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, 'conv:one');
}, 120_000);
