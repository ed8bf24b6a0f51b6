/**
 * - A fault is told, looked at, acted upon, verified and closed with its timeline, each once.
 * - The ladder is climbed in order while nobody acknowledges, and stops when somebody does.
 * - A service that flaps is one incident and a few messages.
 * - Waiting survives a restart; a history that grew long is handed over; a cancelled run closes its incident.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { incidents } from '../../schemas/db/records.ts';
import type { TriggerKind } from '../../schemas/trigger-kinds.ts';
import { openFire } from '../../store/fires/open-fire.ts';
import { acknowledgeIncident } from '../../store/incidents/acknowledge-incident.ts';
import { openIncident } from '../../store/incidents/open-incident.ts';
import { readWatch } from '../../store/triggers/watch-state.ts';
import { newFire } from '../../triggers/new-fire.ts';
import { type FaultState, newFaultState } from '../../workflows/steps/fault/fault-state.ts';
import { type TestService, testService } from '../support/service.ts';
import { byHand, eventually, startWorld, type World, withBox } from '../support/world.ts';

interface Shown {
  readonly id: string;
  readonly fireId: string;
  readonly state: string;
  readonly flaps: number;
  readonly timeline: readonly { at: string; what: string }[];
}

/** A trigger of kind http; its watch looks once at start, and from then on the test says what it would say. */
const faultFile = (service: TestService, fault: string) => `run: serviceFault
when: { http: { url: "${service.url}/", timeout: 2s, every: 1d } }
deliver: [mail:box]
fault:
  service: shop
${fault.replace(/^/gm, '  ')}
`;
const quick = 'verify: { every: 100ms, healthy: 2, within: 20s }\nflapping: 400ms';

const fault = (world: World, changes = 1) =>
  world.steward().dispatch.fireEvent({
    ...{ trigger: 'shop', kind: 'http', slotKey: `http-${changes}-fault`, source: 'test', event: {} },
  });

async function shown(world: World): Promise<Shown | undefined> {
  const list = (await (await world.ask('/api/v1/incidents')).json()) as { incidents: { id: string }[] };
  const id = list.incidents[0]?.id;
  return id === undefined ? undefined : ((await (await world.ask(`/api/v1/incidents/${id}`)).json()) as Shown);
}
const noted = (world: World, words: string | RegExp) =>
  eventually(async () => {
    const found = await shown(world);
    return found?.timeline.some(({ what }) => (typeof words === 'string' ? what.startsWith(words) : words.test(what)))
      ? found
      : undefined;
  });
const closed = (world: World) =>
  eventually(async () => {
    const found = await shown(world);
    return found?.state === 'closed' || found?.state === 'cancelled' ? found : undefined;
  });
const subjects = (world: World, box = 'Mail') =>
  world
    .maildir(box)
    .map((raw) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim() ?? '')
    .sort();
const ended = (world: World, fireId: string) =>
  eventually(async () => {
    const [fire] = await world.steward().store.db.select().from(fires).where(eq(fires.id, fireId));
    return fire !== undefined && fire.state !== 'open' ? fire : undefined;
  });

async function shopWorld(service: TestService, plan: string, options: { cachedWorkflows?: number } = {}) {
  const world = await startWorld({ files: { 'triggers/shop.yaml': faultFile(service, plan) }, ...options });
  await withBox(world);
  return world;
}

test.each([{ cachedWorkflows: 20 }, { cachedWorkflows: 0 }])(
  'serviceFault() tells, looks, acts, verifies and closes with a timeline, with $cachedWorkflows cached runs',
  async (cache) => {
    await using service = await testService();
    service.status = 503;
    service.onRestart = (answer) => {
      service.status = 200;
      answer(204);
    };
    const plan = `diagnose: [{ name: front page, http: { url: "${service.url}/" } }]
action: { name: restart, http: { url: "${service.url}/restart" } }
${quick}`;
    await using world = await shopWorld(service, plan, cache);
    // The watch of its trigger finds the fault by itself.
    const { timeline, flaps, fireId } = await closed(world);
    expect(timeline.map(({ what }) => what.replace(/out_\w+/, 'out'))).toEqual([
      'fault: status 503',
      'the owner is told',
      'look "front page": status 503',
      'action "restart" begins',
      'action "restart": done, status 204 (out)',
      'well again: status 200',
      'closed',
    ]);
    expect(flaps).toBe(0);
    expect(service.restarts).toHaveLength(1);
    expect(await ended(world, fireId)).toMatchObject({ state: 'ran', outcome: { outcome: 'recovered' } });
    expect(subjects(world)).toEqual(['shop has a fault', 'shop is well again', 'shop: the fault is closed']);
    const last = world.maildir('Mail').find((raw) => raw.includes('Subject: shop: the fault is closed'));
    expect(last?.replace(/=\r?\n/g, '')).toContain('look "front page": status 503');
  },
  120_000,
);

test('serviceFault() climbs its ladder in order while nobody acknowledges, and asks a service that stays down for as long as it takes', async () => {
  await using service = await testService();
  service.status = 500;
  const ladder = 'escalate: [{ after: 2s, notify: [mail:box] }, { after: 1s, notify: [mail:box] }]';
  await using world = await shopWorld(
    service,
    `verify: { every: 100ms, healthy: 2, within: 500ms }\nflapping: 200ms\n${ladder}`,
  );
  await fault(world);
  const { timeline } = await noted(world, 'nobody has acknowledged: step 2');
  const at = (words: string) => timeline.findIndex(({ what }) => what.startsWith(words));
  expect(at('not well within 500 ms')).toBeGreaterThan(0);
  expect(at('nobody has acknowledged: step 1')).toBeLessThan(at('nobody has acknowledged: step 2'));
  service.status = 200;
  expect(await closed(world)).toMatchObject({ state: 'closed', flaps: 0 });
  const told = await eventually(() => (subjects(world).length >= 6 ? subjects(world) : undefined));
  expect(told).toEqual([
    'shop has a fault',
    'shop has not recovered',
    'shop is well again',
    'shop still has a fault, and nobody has acknowledged',
    'shop still has a fault, and nobody has acknowledged',
    'shop: the fault is closed',
  ]);
}, 120_000);

test('serviceFault() stops its ladder once the owner acknowledges, and closes when the owner says that it is over', async () => {
  await using service = await testService();
  service.status = 500;
  await using world = await shopWorld(service, `${quick}\nescalate: [{ after: 3s, notify: [mail:box] }]`);
  const { fireId } = await fault(world);
  const { id } = await noted(world, 'the owner is told');
  const ack = await world.ask(`/api/v1/incidents/${id}/acknowledge`, { method: 'POST', body: { note: 'on it' } });
  expect(await ack.json()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'owner' });
  const again = await world.ask(`/api/v1/incidents/${id}/acknowledge`, { method: 'POST' });
  expect(again.status).toBe(200);
  // Past the time of the rung.
  await sleep(4_000);
  const { timeline } = (await shown(world))!;
  expect(timeline.filter(({ what }) => what.startsWith('acknowledged')).map(({ what }) => what)).toEqual([
    'acknowledged by the owner, note: on it',
  ]);
  expect(timeline.some(({ what }) => what.startsWith('nobody has'))).toBe(false);
  await world.ask(`/api/v1/incidents/${id}/acknowledge`, { method: 'POST', body: { closed: true } });
  expect(await ended(world, fireId)).toMatchObject({ state: 'ran', outcome: { outcome: 'closedByOwner' } });
  expect(subjects(world)).toEqual(['shop has a fault', 'shop: the fault is closed']);
  expect((await world.ask('/api/v1/incidents/inc_none/acknowledge', { method: 'POST' })).status).toBe(404);
}, 120_000);

test('serviceFault() makes one incident and few messages of a service that flaps 20 times', async () => {
  await using service = await testService();
  service.status = 500;
  await using world = await shopWorld(service, 'verify: { every: 100ms, healthy: 1, within: 20s }\nflapping: 4s');
  const { fireId } = await fault(world);
  for (let flap = 1; flap <= 20; flap += 1) {
    service.status = 200;
    await eventually(async () => (await shown(world))?.state === 'recovered' || undefined);
    service.status = 500;
    // What the watch of the trigger would say meanwhile.
    await fault(world, flap + 1);
    await eventually(async () => (await shown(world))?.flaps === flap || undefined);
  }
  service.status = 200;
  expect(await closed(world)).toMatchObject({ state: 'closed', flaps: 20 });
  await ended(world, fireId);
  const { store } = world.steward();
  expect(await store.db.$count(incidents)).toBe(1);
  const others = (await store.db.select().from(fires)).filter(({ id }) => id !== fireId);
  expect(others).toHaveLength(20);
  for (const { state, reason } of others) expect([state, reason]).toEqual(['skipped', `${fireId} was still open`]);
  const [{ openedAt, closedAt }] = (await store.db.select().from(incidents)) as [typeof incidents.$inferSelect];
  const windows = Math.ceil((closedAt!.getTime() - openedAt.getTime()) / 4_000);
  // The first, the last, and at most one in each window.
  expect(subjects(world).length).toBeLessThanOrEqual(2 + windows);
}, 180_000);

test('serviceFault() goes on after a restart without saying anything twice', async () => {
  await using service = await testService();
  service.status = 500;
  await using world = await shopWorld(service, `${quick}\nescalate: [{ after: 4s, notify: [mail:box] }]`);
  const { fireId, workflowId } = await fault(world);
  await noted(world, 'the owner is told');
  await world.restart();
  await noted(world, 'nobody has acknowledged: step 1');
  service.status = 200;
  expect(await closed(world)).toMatchObject({ state: 'closed' });
  await ended(world, fireId);
  expect(subjects(world).filter((subject) => subject === 'shop has a fault')).toHaveLength(1);
  expect(await world.steward().client.workflow.getHandle(workflowId).result()).toMatchObject({ outcome: 'recovered' });
}, 120_000);

/** Starts a run in the midst of a fault with a short history allowed, as the run before it would have. */
async function startAmid(
  world: World,
  name: string,
  event: { readonly kind: TriggerKind; readonly slotKey: string },
  change: Partial<FaultState> = {},
) {
  const { store, client, personId, files } = world.steward();
  const now = new Date();
  const trigger = files.current().triggers.get(name)!;
  const { fire } = await openFire(store, newFire(personId, trigger, { ...event, dueAt: now }), 'test');
  const opened = await openIncident(store, { fireId: fire.id, at: now.toISOString() });
  if (opened.kind !== 'own') throw new Error('expected an incident of its own');
  const state = { ...newFaultState(opened, now.getTime()), stage: 'watch', longHistory: 20, ...change };
  const { id: fireId, workflowId, flow } = fire;
  const input = { fireId, trigger: name, flow, personId, priority: 'normal', deliver: ['mail:box'], args: {} };
  const times = { dueAt: now.toISOString(), acceptedAt: now.toISOString() };
  const { firstExecutionRunId } = await client.workflow.start('serviceFault', {
    ...{ workflowId, taskQueue: 'steward', args: [{ ...input, ...times }, state] },
  });
  return { fireId, workflowId, firstExecutionRunId };
}

test('serviceFault() hands a long history over to the next run, with its ladder and its flaps', async () => {
  await using service = await testService();
  await using world = await shopWorld(service, 'verify: { every: 100ms, healthy: 2, within: 20s }\nflapping: 5s');
  // Its own watch finds it well.
  await eventually(async () => (await readWatch(world.steward().store, 'shop')) !== undefined || undefined);
  service.status = 500;
  const handle = await startAmid(world, 'shop', { kind: 'http', slotKey: 'http-9-fault' }, { flaps: 3 });
  await eventually(async () => {
    service.status = 200;
    await eventually(async () => (await shown(world))?.state === 'recovered' || undefined);
    service.status = 500;
    const { flaps } = await eventually(async () => {
      const found = await shown(world);
      return found?.state === 'open' ? found : undefined;
    });
    const { runId } = await world.steward().client.workflow.getHandle(handle.workflowId).describe();
    return (flaps > 4 && runId !== handle.firstExecutionRunId) || undefined;
  });
  service.status = 200;
  expect((await closed(world)).flaps).toBeGreaterThan(4);
  expect(await ended(world, handle.fireId)).toMatchObject({ state: 'ran', outcome: { outcome: 'recovered' } });
  expect(subjects(world).filter((subject) => subject === 'shop: the fault is closed')).toHaveLength(1);
}, 120_000);

test('serviceFault() closes its incident as cancelled when a person cancels the run', async () => {
  await using service = await testService();
  service.status = 500;
  await using world = await shopWorld(service, quick);
  const { fireId, workflowId } = await fault(world);
  await noted(world, 'the owner is told');
  await world.steward().client.workflow.getHandle(workflowId).cancel();
  expect(await ended(world, fireId)).toMatchObject({ state: 'cancelled' });
  const { state, timeline } = await closed(world);
  expect([state, timeline.at(-1)?.what]).toEqual(['cancelled', 'cancelled by a person']);
}, 120_000);

test('serviceFault() closes the incident of a run that was terminated', async () => {
  await using service = await testService();
  service.status = 500;
  await using world = await shopWorld(service, quick);
  const { fireId, workflowId } = await fault(world);
  await noted(world, 'the owner is told');
  await world.steward().client.workflow.getHandle(workflowId).terminate();
  await eventually(async () => {
    await world.steward().dispatch.sweep();
    return (await shown(world))?.state === 'cancelled' || undefined;
  });
  expect(await ended(world, fireId)).toMatchObject({ state: 'cancelled', reason: 'terminated in Temporal' });
}, 120_000);

test('serviceFault() without a target recovers by an event of its trigger, and joins what is open', async () => {
  const file = `run: serviceFault
when: { webhook: { provider: bearer, secret: "not-a-secret" } }
map: { recovered: 'event.status == "resolved"' }
fault: { service: shop, flapping: 500ms }
`;
  await using world = await startWorld({ files: { 'triggers/alerts.yaml': file } });
  await withBox(world);
  const event = (key: string, status: string) =>
    world.steward().dispatch.fireEvent({
      ...{ trigger: 'alerts', kind: 'webhook', slotKey: `webhook-${key}`, source: 'test', event: { status } },
    });
  const early = await event('a', 'resolved');
  expect(await ended(world, early.fireId)).toMatchObject({ state: 'skipped', outcome: { outcome: 'well' } });
  const first = await event('b', 'firing');
  await noted(world, 'the owner is told');
  const second = await event('c', 'firing');
  expect(await ended(world, second.fireId)).toMatchObject({
    state: 'skipped',
    reason: `${first.fireId} was still open`,
  });
  await event('d', 'resolved');
  const { timeline } = await closed(world);
  expect(timeline.map(({ what }) => what)).toEqual([
    'fault',
    'the owner is told',
    'the trigger fired again',
    'an event says that it is well again',
    'well again: an event said so',
    'closed',
  ]);
  expect(await ended(world, first.fireId)).toMatchObject({ state: 'ran', outcome: { outcome: 'recovered' } });
}, 120_000);

test('serviceFault() without a target tells that it is late, and hands a history over that events made long', async () => {
  const file = `run: serviceFault
when: { webhook: { provider: bearer, secret: "not-a-secret" } }
map: { recovered: 'event.status == "resolved"' }
fault: { service: shop, verify: { within: 1s }, flapping: 300ms }
`;
  await using world = await startWorld({ files: { 'triggers/alerts.yaml': file } });
  await withBox(world);
  const handle = await startAmid(world, 'alerts', { kind: 'webhook', slotKey: 'webhook-first' });
  await noted(world, 'not well within 1000 ms; it stays open until an event or a person says so');
  const event = (key: string, status: string) =>
    world.steward().dispatch.fireEvent({
      ...{ trigger: 'alerts', kind: 'webhook', slotKey: `webhook-${key}`, source: 'test', event: { status } },
    });
  for (let sent = 0, runId = handle.firstExecutionRunId; runId === handle.firstExecutionRunId; sent += 1) {
    await ended(world, (await event(`${sent}`, 'firing')).fireId);
    ({ runId } = await world.steward().client.workflow.getHandle(handle.workflowId).describe());
    expect(sent).toBeLessThan(30);
  }
  await event('last', 'resolved');
  expect(await closed(world)).toMatchObject({ state: 'closed', flaps: 0 });
  await ended(world, handle.fireId);
  expect(subjects(world)).toEqual(['shop has not recovered', 'shop is well again', 'shop: the fault is closed']);
}, 120_000);

test('serviceFault() reads by itself what others made of the incident, where nobody could tell it', async () => {
  await using service = await testService();
  service.status = 500;
  await using world = await shopWorld(service, 'verify: { every: 100ms, healthy: 2, within: 1s }\nflapping: 400ms');
  const { fireId } = await fault(world);
  const { id } = await noted(world, 'the owner is told');
  // Without the hint that the API gives.
  await acknowledgeIncident(world.steward().store, { id, closed: true });
  expect(await ended(world, fireId)).toMatchObject({ state: 'ran', outcome: { outcome: 'closedByOwner' } });
}, 120_000);

test('healthCheck() leaves the fault of a service to the trigger that it names, and tells of the others itself', async () => {
  await using service = await testService();
  service.status = 500;
  const file = `run: serviceFault
when: { webhook: { provider: bearer, secret: "not-a-secret" } }
deliver: [mail:box]
fault: { service: shop, verify: { every: 100ms, healthy: 2 }, flapping: 300ms }
`;
  const services = `{ name: shop, url: "${service.url}/", onFault: shop }, { name: blog, url: "${service.url}/" }`;
  await using world = await startWorld({
    files: {
      'triggers/shop.yaml': file,
      'triggers/check.yaml': byHand('healthCheck'),
      'steward.yaml': `health: { after: 1, diskFreePercent: 0, memoryFreePercent: 0, services: [${services}] }\n`,
    },
  });
  await withBox(world);
  await world.fire('check');
  const { timeline, fireId } = (await eventually(() => shown(world)))!;
  expect(timeline[0]?.what).toBe('fault: status 500, expected 200');
  // Another check while it is open fires nothing anew.
  await world.fire('check');
  service.status = 200;
  expect(await closed(world)).toMatchObject({ fireId, flaps: 0 });
  expect(await ended(world, fireId)).toMatchObject({ state: 'ran', kind: 'http', outcome: { outcome: 'recovered' } });
  expect(subjects(world)).toEqual([
    'service:blog has a problem',
    'shop has a fault',
    'shop is well again',
    'shop: the fault is closed',
  ]);
}, 120_000);
