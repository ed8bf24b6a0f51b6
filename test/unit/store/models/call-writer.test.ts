// What is said of calls is written in batches; a batch that cannot be written is not lost.
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import { newId } from '../../../../schemas/ids.ts';
import { type CallRow, makeCallWriter } from '../../../../store/models/call-writer.ts';
import { testStore } from '../../../support/postgres.ts';

const end = { outcome: 'answered' as const, inputTokens: 7, outputTokens: 3, cost: 0.5, firstMs: null, tookMs: 20 };

async function writing() {
  const opened = await testStore();
  const { store, personId } = opened;
  const told: unknown[] = [];
  const call = (): CallRow => ({
    ...{ id: newId('modelCall', store.clock), personId, purpose: 'test', intent: 'question', model: 'm' },
    ...{ localOnly: false, inputTokens: 100, outputTokens: 100, cost: 1, createdAt: store.clock.now() },
  });
  return { ...opened, told, call, writer: makeCallWriter(store, (error) => void told.push(error)) };
}

test('makeCallWriter() writes a call with its end, and an end that comes later', async () => {
  await using made = await writing();
  const { writer, store, call } = made;
  const [short, long, open] = [call(), call(), call()];
  for (const row of [short, long, open]) writer.begin(row);
  writer.end(short.id, end);
  await writer.idle();
  writer.end(long.id, { ...end, outcome: 'broke', firstMs: 5 });
  await writer.idle();
  const rows = await store.db.select().from(modelCalls).orderBy(modelCalls.id);
  expect(rows.map(({ outcome, inputTokens, firstMs }) => [outcome, inputTokens, firstMs])).toEqual([
    ['answered', 7, null],
    ['broke', 7, 5],
    [null, 100, null],
  ]);
});

test('makeCallWriter() says that a batch could not be written, and writes it with the next', async () => {
  await using made = await writing();
  const { writer, store, call, told } = made;
  const [first, second] = [call(), call()];
  await store.db.execute(sql`alter table model_calls rename to away`);
  writer.begin(first);
  writer.end(first.id, end);
  await writer.idle();
  expect(told).toHaveLength(1);
  await store.db.execute(sql`alter table away rename to model_calls`);
  writer.begin(second);
  await writer.idle();
  const rows = await store.db.select().from(modelCalls).orderBy(modelCalls.id);
  expect(rows.map(({ id, outcome }) => [id, outcome])).toEqual([
    [first.id, 'answered'],
    [second.id, null],
  ]);
});
