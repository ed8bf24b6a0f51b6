/**
 * - A change of what is watched is one fire, whatever is tried again and wherever it was cut.
 * - One look counts once; a retried activity is the same look, and an older try counts no more.
 * - What changed while nobody looked is found at the next look; no look of the past is made up for.
 * - A file that changed begins anew, with keys of its own; what a person reads holds no address and no secret.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWatchActivities } from '../../../../activities/watches/watch-activities.ts';
import { events } from '../../../../schemas/db/records.ts';
import type { Dispatch } from '../../../../schemas/dispatch.ts';
import { argsOf } from '../../../../store/fires/open-fire.ts';
import { readWatch } from '../../../../store/triggers/watch-state.ts';
import { type DispatchWorld, dispatchWorld } from '../../../support/dispatch-world.ts';
import { type FaultServer, faultServer } from '../../../support/fault-server.ts';
import { ownNamespace } from '../../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const quiet = { info() {}, warn() {} };

interface WatchWorld {
  readonly world: DispatchWorld;
  readonly shop: FaultServer;
  status: number;
  figure: number;
  /** Looks a minute after the look before. */
  look(dispatch?: Pick<Dispatch, 'fireEvent'>, scheduledAt?: Date): Promise<string>;
  keys(): Promise<string[]>;
}

async function watching(use: (shop: FaultServer) => object, body: (watch: WatchWorld) => Promise<void>): Promise<void> {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:00:00Z');
  await using shop = await faultServer();
  const watch: WatchWorld = {
    ...{ world, shop, status: 200, figure: 50 },
    look: async (dispatch = world.dispatch, scheduledAt) => {
      if (scheduledAt === undefined) world.clock.advance(60_000);
      const { look } = makeWatchActivities({
        ...{
          store: world.store,
          files: world.deps.files,
          dispatch,
          log: quiet,
          home: '/',
          zone: () => 'Europe/Berlin',
        },
        readFigures: async () => ({ diskFreePercent: watch.figure, memoryFreePercent: 50, loadPerCore: 0 }),
        ...(scheduledAt === undefined ? {} : { scheduledAt: () => scheduledAt }),
      });
      return (await look({ trigger: 'shop' })).outcome;
    },
    keys: async () => (await world.firesOf('shop')).map((fire) => fire.slotKey),
  };
  shop.use((_request, response) => response.writeHead(watch.status).end());
  world.use({ shop: { run: 'noop', overlap: 'allow', ...use(shop) } });
  await body(watch);
}
const http =
  (more: object = {}) =>
  (shop: FaultServer) => ({
    when: { http: { url: `${shop.url.replace('//', '//me:s3cret@')}/health`, ...more } },
  });

test('watch.look() makes one fire of each change that the file asks for', () =>
  watching(http({ for: 2, on: 'both' }), async (watch) => {
    expect(await watch.look()).toBe('well: status 200');
    watch.status = 503;
    expect(await watch.look()).toBe('well: status 503');
    expect(await watch.look()).toBe('faulty: status 503');
    expect(await watch.look()).toBe('faulty: status 503');
    watch.status = 200;
    await watch.look();
    expect(await watch.look()).toBe('well: status 200');
    expect(await watch.keys()).toEqual(['http-1-fault', 'http-2-well']);
    const [fault] = await watch.world.firesOf('shop');
    expect(argsOf(watch.world.store, fault!)).toMatchObject({
      event: {
        ...{ host: `127.0.0.1:${watch.shop.port}`, status: 503, answer: 'answer', faulty: true, changes: 1 },
        ...{ detail: 'status 503', since: '2026-03-01T06:03:00.000Z', ms: expect.any(Number) as number },
      },
    });
    const changed = await watch.world.store.db.select({ type: events.type }).from(events);
    expect(changed.map(({ type }) => type).filter((type) => type.startsWith('watch'))).toEqual([
      'watch.faulty',
      'watch.well',
    ]);
    expect(JSON.stringify(await readWatch(watch.world.store, 'shop'))).not.toContain('s3cret');
  }));

test('watch.look() tells faults only, or recoveries only, where the file says so', () =>
  watching(http({ on: 'recovery' }), async (watch) => {
    for (const status of [503, 200, 503, 200]) {
      watch.status = status;
      await watch.look();
    }
    expect(await watch.keys()).toEqual(['http-2-well', 'http-4-well']);
  }));

test('watch.look() counts a look once, however often its activity is tried', () =>
  watching(http({ for: 3 }), async (watch) => {
    watch.status = 503;
    const [first, second] = [new Date('2026-03-01T06:01:00Z'), new Date('2026-03-01T06:02:00Z')];
    for (let tries = 0; tries < 5; tries += 1) await watch.look(undefined, first);
    expect(watch.shop.requests).toHaveLength(1);
    await watch.look(undefined, second);
    // A try of the first look that was thought dead.
    await watch.look(undefined, first);
    expect((await readWatch(watch.world.store, 'shop'))?.recent).toEqual([true, true]);
    await watch.look(undefined, new Date('2026-03-01T06:03:00Z'));
    expect(await watch.keys()).toEqual(['http-1-fault']);
  }));

test('watch.look() goes on looking after the clock was set back, and takes a late try for what it is', () =>
  watching(http({ for: 3 }), async (watch) => {
    watch.status = 503;
    const counted = async () => (await readWatch(watch.world.store, 'shop'))?.recent.length;
    await watch.look(undefined, new Date('2026-03-03T06:00:00Z'));
    await watch.look(undefined, new Date('2026-03-03T05:55:00Z'));
    expect(await counted()).toBe(1);
    await watch.look(undefined, new Date('2026-03-03T05:54:59.999Z'));
    expect(await counted()).toBe(2);
    await watch.look(undefined, new Date('2026-03-01T06:00:00Z'));
    expect(await watch.keys()).toEqual(['http-1-fault']);
  }));

test('watch.look() loses and doubles nothing when it is cut before or after the fire', () =>
  watching(http({ on: 'both' }), async (watch) => {
    const { dispatch } = watch.world;
    const cut = new Error('cut');
    const before = { fireEvent: () => Promise.reject(cut) };
    const after: Pick<Dispatch, 'fireEvent'> = {
      fireEvent: (event) => dispatch.fireEvent(event).then(() => Promise.reject(cut)),
    };
    watch.status = 503;
    const at = new Date('2026-03-01T06:01:00Z');
    await expect(watch.look(before, at)).rejects.toBe(cut);
    expect(await watch.keys()).toEqual([]);
    expect((await readWatch(watch.world.store, 'shop'))?.untold).toBeDefined();
    // The service is well again by then, and the change is told all the same.
    watch.status = 200;
    expect(await watch.look(dispatch, at)).toBe('faulty: status 503');
    expect(await watch.keys()).toEqual(['http-1-fault']);
    await expect(watch.look(after, new Date('2026-03-01T06:02:00Z'))).rejects.toBe(cut);
    // Not tried again: the next look tells it, and counts for itself.
    watch.status = 503;
    expect(await watch.look(dispatch, new Date('2026-03-01T06:03:00Z'))).toBe('faulty: status 503');
    expect(await watch.keys()).toEqual(['http-1-fault', 'http-2-well', 'http-3-fault']);
    expect((await readWatch(watch.world.store, 'shop'))?.untold).toBeUndefined();
  }));

test('watch.look() makes one fire of eight tries at once', () =>
  watching(http(), async (watch) => {
    watch.status = 503;
    const at = new Date('2026-03-01T06:01:00Z');
    await Promise.all(Array.from({ length: 8 }, () => watch.look(undefined, at)));
    expect(await watch.keys()).toEqual(['http-1-fault']);
    expect(await readWatch(watch.world.store, 'shop')).toMatchObject({ changes: 1, faulty: true });
  }));

test('watch.look() finds a change from while it was off, once, and says nothing of the looks between', () =>
  watching(http({ on: 'both' }), async (watch) => {
    await watch.look();
    watch.status = 503;
    watch.world.clock.advance(26 * 3_600_000);
    await watch.look();
    expect(await watch.keys()).toEqual(['http-1-fault']);
    expect(watch.shop.requests).toHaveLength(2);
  }));

test('watch.look() begins anew when the watch in the file changes, with keys of its own', () =>
  watching(http(), async (watch) => {
    watch.status = 503;
    await watch.look();
    watch.world.use({ shop: { run: 'noop', overlap: 'allow', ...http({ timeout: '5s' })(watch.shop) } });
    await watch.look();
    expect(await watch.keys()).toEqual(['http-1-fault', 'http-2-fault']);
    // Another priority is another file, and the same watch.
    watch.world.use({ shop: { run: 'noop', priority: 'urgent', ...http({ timeout: '5s' })(watch.shop) } });
    await watch.look();
    expect(await watch.keys()).toHaveLength(2);
  }));

test('watch.look() does nothing for a trigger that is off, past its end or gone', () =>
  watching(http(), async (watch) => {
    watch.status = 503;
    for (const more of [{ enabled: false }, { until: '2026-03-01T06:00:00Z' }]) {
      watch.world.use({ shop: { run: 'noop', ...more, ...http()(watch.shop) } });
      expect(await watch.look()).toBe('gone');
    }
    watch.world.use({});
    expect(await watch.look()).toBe('gone');
    expect(watch.shop.requests).toEqual([]);
  }));

test('watch.look() records a gate that keeps a change from running', () =>
  watching(
    (shop) => ({ ...http({ on: 'both' })(shop), condition: 'event.faulty', cooldown: '1h' }),
    async (watch) => {
      for (const status of [503, 200, 503]) {
        watch.status = status;
        await watch.look();
      }
      expect((await watch.world.firesOf('shop')).map((fire) => [fire.slotKey, fire.state])).toEqual([
        ['http-1-fault', 'open'],
        ['http-2-well', 'skipped'],
        ['http-3-fault', 'skipped'],
      ]);
    },
  ));

test('watch.look() is refused and recorded where the target leads inside', () =>
  watching(http({ status: ['redirect'] }), async (watch) => {
    await using inner = await faultServer({ host: '127.0.0.2' });
    watch.shop.use((_request, response) => response.writeHead(302, { location: inner.url }).end());
    expect(await watch.look()).toBe('faulty: a redirect leads to an address that is not public');
    expect(inner.requests).toEqual([]);
  }));

test('watch.look() watches a figure of this machine: over its line for long enough, well past the other line', () =>
  watching(
    () => ({ when: { metric: { machine: 'diskFreePercent', below: 10, clear: 15, for: '3m', on: 'both' } } }),
    async (watch) => {
      const outcomes: string[] = [];
      for (const figure of [50, 9, 9, 9, 9, 12, 15]) {
        watch.figure = figure;
        outcomes.push((await watch.look()).split(':')[0]!);
      }
      expect(outcomes).toEqual(['well', 'well', 'well', 'well', 'faulty', 'faulty', 'well']);
      expect(await watch.keys()).toEqual(['metric-1-fault', 'metric-2-well']);
      const [fault] = await watch.world.firesOf('shop');
      expect(argsOf(watch.world.store, fault!)).toMatchObject({
        event: { value: 9, faulty: true, detail: 'diskFreePercent is 9, below 10' },
      });
    },
  ));

test('watch.look() shows no data as such, which ends no fault', () =>
  watching(
    (shop) => ({ when: { metric: { prometheus: { url: shop.url, query: 'x' }, above: 1, on: 'both' } } }),
    async (watch) => {
      const say = (...values: string[]) => {
        const result = values.map((value) => ({ metric: {}, value: [1, value] }));
        const answer = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
        watch.shop.use((_request, response) => response.end(answer));
      };
      say('2');
      expect(await watch.look()).toBe('faulty: the value is 2, above 1');
      say();
      expect(await watch.look()).toBe('unknown: no data');
      say('NaN');
      expect(await watch.look()).toBe('unknown: no data: the value is NaN');
      expect(await readWatch(watch.world.store, 'shop')).toMatchObject({ faulty: true, changes: 1 });
      say('1');
      expect(await watch.look()).toBe('well: the value is 1');
      expect(await watch.keys()).toEqual(['metric-1-fault', 'metric-2-well']);
    },
  ));
