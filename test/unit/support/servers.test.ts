import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testStore } from '../../support/postgres.ts';
import { temporal } from '../../support/temporal.ts';

test('testStore() gives each caller a database of their own with one person', async () => {
  await using first = await testStore();
  await using second = await testStore();
  expect(first.url).not.toBe(second.url);
  const people = await first.store.db.execute(sql`select handle from people`);
  expect(people.rows).toEqual([{ handle: 'me' }]);
});

test('temporal() gives a namespace that keeps closed runs for 30 days and knows the search attributes', async () => {
  await using server = await temporal();
  const { config } = await server.connection.workflowService.describeNamespace({ namespace: server.namespace });
  expect(config?.workflowExecutionRetentionTtl?.seconds?.toString()).toBe('2592000');
  const found = await server.connection.operatorService.listSearchAttributes({ namespace: server.namespace });
  expect(Object.keys(found.customAttributes ?? {})).toContain('StewardTrigger');
});
