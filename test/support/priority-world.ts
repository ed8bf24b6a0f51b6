import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import { and, count, eq, ne, sql } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { Priority } from '../../schemas/endings.ts';
import { taskQueues } from '../../schemas/protocol.ts';
import { makeDispatch } from '../../triggers/dispatch.ts';
import { buildBundle } from '../../workers/bundle.ts';
import { workerSize } from '../../workers/options.ts';
import { fileSetOf } from './file-set-of.ts';
import { ownNamespace } from './own-namespace.ts';
import { testStore } from './postgres.ts';
import { temporal } from './temporal.ts';

/**
 * The dispatcher over a real ledger and a real server, with one trigger for each priority whose flow is `noop`. Fires
 * pile up until `work` starts the product's main and batch workers.
 *
 * @param slots - workflow tasks at once on the main queue
 */
export async function priorityWorld(slots: number) {
  const server = await temporal();
  const { client, namespace } = await ownNamespace(server);
  const opened = await testStore();
  const { store, personId } = opened;
  const priorities: Priority[] = ['urgent', 'normal', 'low'];
  const files = fileSetOf(
    Object.fromEntries(
      priorities.map((priority) => [priority, { run: 'noop', when: { message: {} }, priority, overlap: 'allow' }]),
    ),
  );
  const dispatch = makeDispatch({
    ...{ store, client, personId, files: { current: () => files }, log: { info() {}, warn() {} } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'steward-priority-'));
  let made = 0;
  return {
    fire: async (trigger: Priority, many: number): Promise<string[]> => {
      const ids: string[] = [];
      while (ids.length < many) {
        const some = Array.from({ length: Math.min(20, many - ids.length) }, () => `job-${made++}`);
        const event = { trigger, kind: 'message' as const, source: 'bench', event: {} };
        const receipts = await Promise.all(some.map((slotKey) => dispatch.fireEvent({ ...event, slotKey })));
        ids.push(...receipts.map((receipt) => receipt.fireId));
      }
      return ids;
    },
    ended: async (fireId: string) => {
      for (;;) {
        const [fire] = await store.db.select().from(fires).where(eq(fires.id, fireId));
        if (fire?.endedAt != null) return { acceptedAt: fire.acceptedAt, endedAt: fire.endedAt };
        await sleep(5);
      }
    },
    open: async (trigger: Priority) =>
      await store.db.$count(fires, and(eq(fires.trigger, trigger), eq(fires.state, 'open'))),
    endedBetween: async (trigger: Priority, from: Date, to: Date): Promise<number> => {
      const [found] = await store.db
        .select({ n: count() })
        .from(fires)
        .where(
          and(
            eq(fires.trigger, trigger),
            ne(fires.state, 'open'),
            sql`${fires.endedAt} between ${from.toISOString()}::timestamptz and ${to.toISOString()}::timestamptz`,
          ),
        );
      return found?.n ?? 0;
    },
    work: async (): Promise<AsyncDisposable> => {
      const codePath = join(folder, 'bundle.cjs');
      await buildBundle(codePath);
      const connection = await NativeConnection.connect({ address: server.address });
      const activities = { 'ledger.endFire': dispatch.endFire };
      const workers = await Promise.all(
        (['main', 'batch'] as const).map((role) => {
          const { options } = workerSize(role, { cachedWorkflows: 50 });
          const size = role === 'main' ? { maxConcurrentWorkflowTaskExecutions: slots } : {};
          const { [role]: taskQueue } = taskQueues;
          return Worker.create({
            ...{ connection, namespace, taskQueue, activities, workflowBundle: { codePath }, ...options, ...size },
          });
        }),
      );
      const running = workers.map((worker) => worker.run());
      return {
        [Symbol.asyncDispose]: async () => {
          for (const worker of workers) worker.shutdown();
          await Promise.all(running);
          await connection.close();
        },
      };
    },
    [Symbol.asyncDispose]: async () => {
      rmSync(folder, { recursive: true, force: true });
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
