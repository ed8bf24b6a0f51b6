// Policy: the hot tier can be lost at any moment without losing anything that matters.
// - in process and Redis/Valkey pass one contract
// - a server that dies is an empty tier, and serves again when it is back
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '../../schemas/clock.ts';
import { inProcessHotTier } from '../../store/hot/in-process.ts';
import { openHotTier } from '../../store/hot/open-hot-tier.ts';
import { redisHotTier } from '../../store/hot/redis.ts';
import { freePorts } from '../../workers/home/free-port.ts';
import { noRedis, type RedisServer, redisServer } from '../support/redis-server.ts';
import { hotTierContract } from './hot-tier.ts';

if (noRedis !== undefined) console.log(`skipped: hot tier on Redis, ${noRedis}`);

hotTierContract('inProcessHotTier()', async () => {
  const clock = fixedClock('2026-11-23T08:00:00Z');
  const tier = inProcessHotTier(clock);
  return { tier, pass: async (ms) => clock.advance(ms), close: () => tier.close() };
});

test('inProcessHotTier() holds maxEntries keys and drops the one written first', async () => {
  const tier = inProcessHotTier(fixedClock('2026-11-23T08:00:00Z'), { maxEntries: 2 });
  for (const key of ['a', 'b', 'c']) await tier.set(key, key, 60_000);
  expect([await tier.get('a'), await tier.get('b'), await tier.get('c')]).toEqual([undefined, 'b', 'c']);
});

describe.skipIf(noRedis !== undefined)('on a real server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await redisServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const url = () => server.url;

  let run = 0;
  hotTierContract('redisHotTier()', async () => {
    const tier = await redisHotTier({ url: url(), prefix: `test${run++}:` });
    return { tier, pass: async (ms) => void (await sleep(ms)), close: () => tier.close() };
  });

  test('redisHotTier() of two processes is one tier', async () => {
    const [one, two] = await Promise.all([openHotTier({ redisUrl: url() }), openHotTier({ redisUrl: url() })]);
    expect(await one.claim('shared', 'one', 60_000)).toBe(true);
    expect(await two.claim('shared', 'two', 60_000)).toBe(false);
    await Promise.all([one.close(), two.close()]);
  });

  test('redisHotTier() is an empty tier while its server is dead, says so once, and serves again after', async () => {
    const told: Error[] = [];
    const tier = await redisHotTier({ url: url(), prefix: 'outage:', onError: (error) => told.push(error) });
    await tier.set('kept', 'x', 60_000);
    await server.kill();
    expect(await tier.get('kept')).toBeUndefined();
    expect(await tier.list('kept')).toEqual([]);
    expect(await tier.reserve('rate', { everyMs: 10, burst: 1 }, 1, 0, 1_000)).toBeUndefined();
    expect(await tier.claim('lock', 'x', 60_000)).toBe(true);
    expect(await tier.increment('n', 3, 60_000)).toBe(3);
    await tier.set('kept', 'y', 60_000);
    await tier.push('log', 'x', 3, 60_000);
    expect(told).toHaveLength(1);
    await server.restart();
    await expect
      .poll(() => tier.set('back', 'z', 60_000).then(() => tier.get('back')), { timeout: 15_000, interval: 100 })
      .toBe('z');
    await tier.close();
  });

  test('openHotTier() opens although nothing listens, and close() ends its attempts', async () => {
    const tier = await openHotTier({ redisUrl: `redis://127.0.0.1:${(await freePorts(1))[0]}` });
    expect(await tier.get('a')).toBeUndefined();
    await tier.close();
  });
});
