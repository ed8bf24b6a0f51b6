import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eq } from 'drizzle-orm';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { makeProbeActivities } from '../../../../activities/probes/probe-activities.ts';
import { readMachine } from '../../../../activities/read-machine.ts';
import { accounts } from '../../../../schemas/db/accounts.ts';
import { events } from '../../../../schemas/db/records.ts';
import { instanceFile } from '../../../../schemas/instance-file.ts';
import { readHealth } from '../../../../store/health/read-health.ts';
import { type ContentWorld, contentWorld } from '../../../support/content-world.ts';

/*
 * - A state changes after `health.after` results in a row, is told once, and told again to a repeated activity only.
 * - A service is asked for its status and nothing else; no answer is a result, and no address gets into it.
 * - The heartbeat is called when everything is well, and only then.
 */

const log = pino({ level: 'silent' });
const well = { diskFreePercent: 50, memoryFreePercent: 50, loadPerCore: 0.1 };

async function httpServer(answer: RequestListener): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function probesOf(world: ContentWorld, of: Partial<Parameters<typeof makeProbeActivities>[0]> = {}) {
  return makeProbeActivities({
    ...{ store: world.store, files: { current: () => world.files }, log, home: '/' },
    ...{ temporalReachable: async () => undefined, readFigures: async () => well, ...of },
  });
}
const configure = (world: ContentWorld, health: object) => {
  world.files = { ...world.files, instance: instanceFile.parse({ health }) };
};
const names = (round: { transitions: { check: string; healthy: boolean }[] }) =>
  round.transitions.map(({ check, healthy }) => `${check} ${healthy}`);

describe('check()', () => {
  test('check() tells a change after two results in a row, once, and the way back too', async () => {
    await using world = await contentWorld();
    let disk = 50;
    const probes = probesOf(world, { readFigures: async () => ({ ...well, diskFreePercent: disk }) });
    expect(await probes.check({})).toEqual({ transitions: [], failing: 0, heartbeat: 'none' });
    disk = 2;
    const rounds = [await probes.check({}), await probes.check({}), await probes.check({})];
    expect(rounds.map(names)).toEqual([[], ['machine.disk false'], []]);
    expect(rounds.map((round) => round.failing)).toEqual([1, 1, 1]);
    expect(rounds[1]?.transitions[0]?.detail).toBe('2.0 % of the disk is free, at least 10 % wanted');
    disk = 50;
    const back = [await probes.check({}), await probes.check({})];
    expect(back.map(names)).toEqual([[], ['machine.disk true']]);
    const told = await world.store.db.select().from(events).where(eq(events.aggregate, 'health'));
    expect(told.map((event) => event.type)).toEqual(['health.failing', 'health.recovered']);
  });

  test('check() takes one failure between good results for nothing', async () => {
    await using world = await contentWorld();
    let up = true;
    const probes = probesOf(world, {
      temporalReachable: async () => {
        up = !up;
        if (!up) throw new Error('no');
      },
    });
    for (let round = 0; round < 6; round++) expect((await probes.check({})).transitions).toEqual([]);
  });

  test('check() tells the transitions of its first try again when the activity is repeated', async () => {
    await using world = await contentWorld();
    configure(world, { after: 1 });
    const scheduled = world.clock.now();
    const probes = probesOf(world, {
      readFigures: async () => ({ ...well, memoryFreePercent: 1 }),
      scheduledAt: () => scheduled,
    });
    expect(names(await probes.check({}))).toEqual(['machine.memory false']);
    world.clock.advance(1_000);
    expect(names(await probes.check({}))).toEqual(['machine.memory false']);
    world.clock.advance(1_000);
    const later = world.clock.now();
    const next = probesOf(world, {
      readFigures: async () => ({ ...well, memoryFreePercent: 1 }),
      scheduledAt: () => later,
    });
    expect(names(await next.check({}))).toEqual([]);
  });

  test('check() looks at channels: one that rests, and one that never connected', async () => {
    await using world = await contentWorld();
    configure(world, { after: 1 });
    expect((await probesOf(world).check({})).failing).toBe(0);
    world.clock.advance(11 * 60_000);
    expect(names(await probesOf(world).check({}))).toEqual(['channel:home false']);
    await world.store.db.update(accounts).set({ connectedAt: world.clock.now() });
    expect(names(await probesOf(world).check({}))).toEqual(['channel:home true']);
    await world.store.db.update(accounts).set({ state: 'resting', reason: 'user@host refused' });
    const [rests] = (await probesOf(world).check({})).transitions;
    expect(rests).toEqual({ check: 'channel:home', healthy: false, detail: 'rests until its file changes' });
    world.files = { ...world.files, channels: new Map() };
    await probesOf(world).check({});
    expect((await readHealth(world.store)).map((row) => row.check)).not.toContain('channel:home');
  });

  test('check() asks services for their status, follows no redirect and waits no longer than told', async () => {
    await using world = await contentWorld();
    const asked: string[] = [];
    await using server = await httpServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/hang') return;
      response.writeHead(request.url === '/moved' ? 302 : 200, { location: '/health' }).end('x'.repeat(100_000));
    });
    const at = (path: string) => new URL(path, server.url).href;
    configure(world, {
      after: 1,
      services: [
        { name: 'good', url: at('/health') },
        { name: 'moved', url: at('/moved') },
        { name: 'hangs', url: at('/hang'), timeout: '200ms' },
        { name: 'gone', url: 'http://user:secret@127.0.0.1:1/' },
        { name: 'wanted', url: at('/moved'), status: [302] },
      ],
    });
    const round = await probesOf(world).check({});
    expect(Object.fromEntries(round.transitions.map(({ check, detail }) => [check, detail]))).toEqual({
      'service:moved': 'status 302, expected 200',
      'service:hangs': 'no answer within 200 ms',
      'service:gone': expect.stringMatching(/^no answer/),
    });
    expect(JSON.stringify(round)).not.toMatch(/secret|127\.0\.0\.1/);
    expect(asked.sort()).toEqual(['/hang', '/health', '/moved', '/moved']);
  });

  test('check() calls the heartbeat only when every check is well', async () => {
    await using world = await contentWorld();
    let calls = 0;
    let status = 200;
    await using server = await httpServer((_request, response) => {
      calls += 1;
      response.writeHead(status).end();
    });
    configure(world, { heartbeatUrl: server.url });
    expect((await probesOf(world).check({})).heartbeat).toBe('sent');
    const ill = probesOf(world, { temporalReachable: () => Promise.reject(new Error('no')) });
    expect((await ill.check({})).heartbeat).toBe('none');
    status = 500;
    expect((await probesOf(world).check({})).heartbeat).toBe('failed');
    expect(calls).toBe(2);
  });

  test('readMachine() reads figures of this machine that make sense', async () => {
    const figures = await readMachine('/');
    for (const percent of [figures.diskFreePercent, figures.memoryFreePercent]) {
      expect(percent).toBeGreaterThan(0);
      expect(percent).toBeLessThanOrEqual(100);
    }
    expect(figures.loadPerCore).toBeGreaterThanOrEqual(0);
  });
});
