/**
 * - Limits are kept in the hot tier where all workers share it, and in the ledger where not.
 * - A tier that dies leaves the limit to the ledger, and no call is lost over it.
 */
import { expect, test } from 'vitest';
import { makeMeter } from '../../../../activities/models/meter.ts';
import { takeTurn } from '../../../../activities/models/take-turn.ts';
import { modelRates } from '../../../../schemas/db/model-rates.ts';
import { modelsFile } from '../../../../schemas/models-file.ts';
import { paceOf } from '../../../../schemas/pace.ts';
import { inProcessHotTier } from '../../../../store/hot/in-process.ts';
import { redisHotTier } from '../../../../store/hot/redis.ts';
import { testStore } from '../../../support/postgres.ts';
import { noRedis, redisServer } from '../../../support/redis-server.ts';

const entryWith = (limits: object) => modelsFile.parse({ models: [{ name: 'm', type: 'ollama', limits }] }).models[0]!;

test('takeTurn() keeps a limit in the ledger where the hot tier is of one process only', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const hot = inProcessHotTier(store.clock);
  await takeTurn({ store, hot }, entryWith({ requestsPerMinute: 2 }), 10);
  expect(await store.db.select({ unit: modelRates.unit }).from(modelRates)).toEqual([{ unit: 'requests' }]);
  await expect(takeTurn({ store, hot }, entryWith({ requestsPerMinute: 2 }), 10)).rejects.toMatchObject({
    ...{ outcome: 'limited', ours: true },
  });
});

test.skipIf(noRedis !== undefined)(
  'takeTurn() of two workers keeps one limit on Redis, and the ledger keeps it while that is dead',
  async () => {
    await using opened = await testStore();
    const { store } = opened;
    await using server = await redisServer();
    const [one, two] = [await redisHotTier({ url: server.url }), await redisHotTier({ url: server.url })];
    const entry = entryWith({ requestsPerMinute: 2, tokensPerMinute: 6_000 });
    const turn = await takeTurn({ store, hot: one }, entry, 100);
    await expect(takeTurn({ store, hot: two }, entry, 100)).rejects.toMatchObject({ outcome: 'limited' });
    expect(await store.db.$count(modelRates)).toBe(0);
    await server.kill();
    await turn.giveBack(50);
    await takeTurn({ store, hot: two }, entry, 100);
    await expect(takeTurn({ store, hot: one }, entry, 100)).rejects.toMatchObject({ outcome: 'limited' });
    expect(await store.db.$count(modelRates)).toBe(2);
    await Promise.all([one.close(), two.close()]);
  },
);

test.skipIf(noRedis !== undefined)(
  'what a call did not use of a limit on Redis is there for the next one',
  async () => {
    await using opened = await testStore();
    const { store, personId } = opened;
    await using server = await redisServer();
    const hot = await redisHotTier({ url: server.url });
    const rate = { units: 100_000, perMs: 60_000 };
    const limits = { tokensPerMinute: rate.units };
    const file = modelsFile.parse({ models: [{ name: 'm', type: 'ollama', limits }] });
    const meter = makeMeter({ store, hot, log: { warn: () => undefined } });
    const call = await meter.begin(
      file,
      file.models[0]!,
      { maxOutputTokens: 90, intent: 'question', for: { personId, purpose: 'test' } },
      { tokens: 1_500, tokensIn: 10, localOnly: false },
    );
    const waitOfNext = async () =>
      (await hot.reserve('rate:m:tokens', paceOf(rate), 1_500, store.clock.now().getTime(), 0))!.waitMs;
    expect(await waitOfNext()).toBeGreaterThan(500);
    call.ended('answered', { input: 1, output: 0 });
    await meter.idle();
    expect(await waitOfNext()).toBeLessThan(10);
    await hot.close();
  },
);
