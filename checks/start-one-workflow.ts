import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { retentionDays, searchAttributes, taskQueues, workflowTypes } from '../schemas/protocol.ts';

/** Starts one run in a namespace, finds it by a search attribute, and ends it: proof that a home's Temporal is set up. */
export async function startOneWorkflow(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const { config } = await client.workflowService.describeNamespace({ namespace });
    const days = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / 86_400;
    if (days !== retentionDays) throw new Error(`Retention is ${days} days, expected ${retentionDays}`);
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    for (const name of Object.values(searchAttributes)) {
      if (!(name in (customAttributes ?? {}))) throw new Error(`Search attribute ${name} is missing`);
    }
    const trigger = `check-${process.pid}`;
    const key = defineSearchAttributeKey(searchAttributes.trigger, SearchAttributeType.KEYWORD);
    const handle = await client.workflow.start(workflowTypes.noop, {
      workflowId: trigger,
      taskQueue: taskQueues.main,
      typedSearchAttributes: new TypedSearchAttributes([{ key, value: trigger }]),
    });
    const found = await findRun(client, `${searchAttributes.trigger} = '${trigger}'`);
    await handle.terminate('the check is done');
    console.log(`namespace ${namespace}: retention ${days} days, run ${found} found by ${searchAttributes.trigger}`);
  } finally {
    await connection.close();
  }
}

/** Visibility is written behind the start; it may take a moment. */
async function findRun(client: Client, query: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    for await (const { workflowId } of client.workflow.list({ query })) return workflowId;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No run was found by ${query}`);
}

await startOneWorkflow(process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233', process.env.TEMPORAL_NAMESPACE ?? 'steward');
