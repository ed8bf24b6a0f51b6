// Policy: the hot tier can be lost at any moment without losing anything that matters.
// - in process and Redis/Valkey pass one contract
// - a server that dies is an empty tier, and serves again when it is back
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixedClock } from '../../schemas/clock.ts';
import { inProcessHotTier } from '../../store/hot/in-process.ts';
import { openHotTier } from '../../store/hot/open-hot-tier.ts';
import { redisHotTier } from '../../store/hot/redis.ts';
import { hotTierContract } from './hot-tier.ts';

const binary = ['valkey-server', 'redis-server'].find((name) => spawnSync(name, ['--version']).status === 0);
if (binary === undefined) console.log('skipped: hot tier on Redis, neither valkey-server nor redis-server is on PATH');

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

describe.skipIf(binary === undefined)('on a real server', () => {
  let server: ChildProcess;
  let port = 0;
  const folder = mkdtempSync(join(tmpdir(), 'steward-hot-'));
  const url = () => `redis://127.0.0.1:${port}`;

  async function start(): Promise<void> {
    const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    server = spawn(binary as string, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of server.stdout as NodeJS.ReadableStream) {
      if (/Ready to accept connections/i.test(`${text}`)) break;
    }
  }
  async function kill(): Promise<void> {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  }

  beforeAll(async () => {
    port = await freePort();
    await start();
  });
  afterAll(async () => {
    if (server.exitCode === null && server.signalCode === null) await kill();
    rmSync(folder, { recursive: true, force: true });
  });

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
    await kill();
    expect(await tier.get('kept')).toBeUndefined();
    expect(await tier.list('kept')).toEqual([]);
    expect(await tier.claim('lock', 'x', 60_000)).toBe(true);
    expect(await tier.increment('n', 3, 60_000)).toBe(3);
    await tier.set('kept', 'y', 60_000);
    await tier.push('log', 'x', 3, 60_000);
    expect(told).toHaveLength(1);
    await start();
    await expect
      .poll(() => tier.set('back', 'z', 60_000).then(() => tier.get('back')), { timeout: 15_000, interval: 100 })
      .toBe('z');
    await tier.close();
  });

  test('openHotTier() opens although nothing listens, and close() ends its attempts', async () => {
    const tier = await openHotTier({ redisUrl: `redis://127.0.0.1:${await freePort()}` });
    expect(await tier.get('a')).toBeUndefined();
    await tier.close();
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
