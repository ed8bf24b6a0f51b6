import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../../schemas/protocol.ts';
import type { TestTemporal } from './temporal.ts';

const { INDEXED_VALUE_TYPE_KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

/**
 * A client on a namespace of its own: schedules and the fixed task queue of one test file meet nobody else's workers.
 */
export async function ownNamespace({
  connection,
  unique,
}: TestTemporal): Promise<{ client: Client; namespace: string }> {
  const namespace = `test-${unique}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  const client = new Client({ connection, namespace });
  const keys = Object.fromEntries(Object.values(searchAttributes).map((name) => [name, INDEXED_VALUE_TYPE_KEYWORD]));
  // A new namespace is known everywhere only after a moment.
  const until = performance.now() + 30_000;
  const settle = async (ask: () => Promise<unknown>) => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (performance.now() > until) throw error;
        await sleep(100);
      }
    }
  };
  await settle(() => connection.operatorService.addSearchAttributes({ namespace, searchAttributes: keys }));
  for (const name of Object.values(searchAttributes)) {
    await settle(() => client.workflow.count(`${name} = 'none'`));
  }
  await settle(async () => {
    for await (const _ of client.schedule.list()) break;
  });
  return { client, namespace };
}
