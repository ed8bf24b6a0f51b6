/**
 * - A call is made at most once where its answer is not known; only what provably did nothing is made again.
 * - A call that its flow left behind is never made by the sweeper.
 * - Looks count good answers in a row, and what says nothing neither heals nor harms.
 * - A service that settles as ill fires the trigger that it names, once for each time, and only then.
 */
import { eq } from 'drizzle-orm';
import pino from 'pino';
import { expect, test } from 'vitest';
import { chatTransport } from '../../../../activities/channels/chat-adapters.ts';
import { judgeCall } from '../../../../activities/faults/call-action.ts';
import { makeFaultActivities } from '../../../../activities/faults/fault-activities.ts';
import { judgeStatus, lookOnce } from '../../../../activities/faults/look-once.ts';
import { tellStory } from '../../../../activities/faults/tell-story.ts';
import { watchService } from '../../../../activities/faults/watch-service.ts';
import { makeOutboxActivities } from '../../../../activities/outbox/outbox-activities.ts';
import type { SafeAnswer } from '../../../../activities/safe-request.ts';
import { systemClock } from '../../../../schemas/clock.ts';
import { fires, type WatchState } from '../../../../schemas/db/fires.ts';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { healthStates } from '../../../../schemas/db/records.ts';
import type { TriggerEvent } from '../../../../schemas/dispatch.ts';
import { StewardError } from '../../../../schemas/errors.ts';
import { faultPlan } from '../../../../schemas/fault-plan.ts';
import type { FaultTarget } from '../../../../schemas/fault-target.ts';
import { instanceFile } from '../../../../schemas/instance-file.ts';
import { type FireRow, openFire } from '../../../../store/fires/open-fire.ts';
import { claimEffect, contentBegins } from '../../../../store/outbox/claim-effect.ts';
import { openCall, queueCall } from '../../../../store/outbox/queue-call.ts';
import { keepWatch } from '../../../../store/triggers/watch-state.ts';
import { type ContentWorld, contentWorld } from '../../../support/content-world.ts';
import { testService } from '../../../support/service.ts';

const log = pino({ level: 'silent' });
const answered = (status: number): SafeAnswer => ({
  ...{ kind: 'answer', status, bodyText: '', cut: true, ms: 1 },
});
const silent = (kind: 'timeout' | 'unreachable' | 'tls' | 'redirect', sent: boolean): SafeAnswer => ({
  ...{ kind, detail: kind, sent, ms: 1 },
});

async function faultFire(world: ContentWorld, plan: object): Promise<FireRow> {
  const { fire } = await openFire(
    world.store,
    {
      ...{
        personId: world.personId,
        trigger: 'shop',
        flow: 'serviceFault',
        slotKey: `k${Math.random()}`,
        kind: 'http',
      },
      ...{ priority: 'normal', deliver: [], dueAt: world.store.clock.now(), args: { fault: faultPlan.parse(plan) } },
    },
    'test',
  );
  return fire;
}

function activitiesOf(
  world: ContentWorld,
  fireEvent: (event: TriggerEvent) => Promise<never> = async () => {
    throw new StewardError('notFound', 'There is none');
  },
) {
  return makeFaultActivities({
    ...{ store: world.store, files: { current: () => world.files }, log, zone: () => 'Europe/Berlin' },
    dispatch: { fireEvent },
  });
}

test('judgeCall() takes for done what is expected, and calls again only what provably did nothing', () => {
  const state = (answer: SafeAnswer, expect?: number[]) =>
    judgeCall(answer, { waitMs: 1, ...(expect === undefined ? {} : { expect }) }).state;
  for (const status of [200, 204, 299]) expect(state(answered(status))).toBe('sent');
  for (const status of [199, 300, 302, 404, 500, 502, 504]) expect(state(answered(status))).toBe('failed');
  for (const status of [408, 421, 425, 429, 503]) expect(state(answered(status))).toBe('again');
  expect(state(answered(404), [404])).toBe('sent');
  expect(state(answered(200), [404])).toBe('failed');
  for (const kind of ['timeout', 'unreachable', 'tls'] as const) {
    expect(state(silent(kind, false))).toBe('again');
    expect(state(silent(kind, true))).toBe('unknown');
  }
  expect(state(silent('redirect', true))).toBe('failed');
});

test('act() calls once under the id of its effect, and a second time not at all', async () => {
  await using world = await contentWorld();
  await using service = await testService();
  const { id: fireId } = await faultFire(world, {
    action: { name: 'restart', http: { url: `${service.url}/restart` } },
  });
  const { act } = activitiesOf(world);
  const first = await act({ fireId });
  expect(first).toMatchObject({ state: 'sent', detail: 'status 204' });
  expect(await act({ fireId })).toMatchObject({ state: 'sent' });
  expect(service.restarts).toEqual([first.outboxId]);
});

test('act() never calls what may have been called, and says that it is unknown', async () => {
  await using world = await contentWorld();
  await using service = await testService();
  const { id: fireId } = await faultFire(world, {
    action: { name: 'restart', http: { url: `${service.url}/restart` } },
  });
  const call = { url: `${service.url}/restart`, method: 'POST', headers: { authorization: 'canary' }, timeoutMs: 1 };
  const outboxId = await queueCall(world.store, { personId: world.personId, effectKey: `${fireId}:action`, call });
  const claim = await claimEffect(world.store, outboxId);
  if (!claim.claimed) throw new Error('expected a claim');
  expect(openCall(world.store, claim.row)).toEqual(call);
  await contentBegins(world.store, claim.row);
  const { act } = activitiesOf(world);
  expect(await act({ fireId })).toMatchObject({ outboxId, state: 'unknown' });
  expect(service.restarts).toEqual([]);
});

test('act() gives up after `attempts` refusals, at the limit and not one before', async () => {
  await using world = await contentWorld();
  await using service = await testService();
  service.onRestart = (answer) => answer(503);
  const action = { name: 'restart', http: { url: `${service.url}/restart` }, attempts: 2 };
  const { id: fireId } = await faultFire(world, { action });
  const { act } = activitiesOf(world);
  expect(await act({ fireId })).toMatchObject({ state: 'queued', detail: 'status 503' });
  expect(await act({ fireId })).toMatchObject({ state: 'failed', detail: 'status 503' });
  expect(await act({ fireId })).toMatchObject({ state: 'failed' });
  expect(service.restarts).toHaveLength(2);
});

test('act() knows a call that never left from one whose answer was lost', async () => {
  await using world = await contentWorld();
  await using service = await testService();
  const { act } = activitiesOf(world);
  const outcome = async (http: object) => {
    const { id: fireId } = await faultFire(world, { action: { name: 'restart', http } });
    return await act({ fireId });
  };
  const url = `${service.url}/restart`;
  // A token that was pasted with a line break in it.
  expect(await outcome({ url, headers: { authorization: 'a\nb' } })).toMatchObject({ state: 'failed' });
  expect(await outcome({ url: 'http://127.0.0.1:1/' })).toMatchObject({ state: 'failed' });
  expect(service.restarts).toEqual([]);
  service.onRestart = () => undefined;
  expect(await outcome({ url, timeout: '200ms' })).toMatchObject({ state: 'unknown' });
  expect(service.restarts).toHaveLength(1);
});

test('send() never makes a call that its flow left behind', async () => {
  await using world = await contentWorld();
  await using service = await testService();
  const call = { url: `${service.url}/restart`, method: 'POST', headers: {}, timeoutMs: 1_000 };
  const transport = {
    send: () => Promise.reject(new Error('no mail')),
    findCopy: () => Promise.reject(new Error('no')),
  };
  const { send, reconcile } = makeOutboxActivities({
    ...{ store: world.store, files: { current: () => world.files }, transport, chat: chatTransport, log },
  });
  const left = await queueCall(world.store, { personId: world.personId, effectKey: 'fir_1:action', call });
  expect(await send({ outboxId: left })).toEqual({ state: 'failed' });
  const begun = await queueCall(world.store, { personId: world.personId, effectKey: 'fir_2:action', call });
  const claim = await claimEffect(world.store, begun);
  if (claim.claimed) await contentBegins(world.store, claim.row);
  expect(await send({ outboxId: begun })).toEqual({ state: 'unknown' });
  expect(await reconcile({ outboxId: begun })).toEqual({ state: 'unknown' });
  expect(service.restarts).toEqual([]);
  const [row] = await world.store.db.select().from(outbox).where(eq(outbox.id, left));
  expect(row?.result?.detail).toBe('its flow ended before it was made');
});

test('watchService() wants good answers in a row, goes on from those before, and ends on time', async () => {
  await using world = await contentWorld();
  await using service = await testService();
  const store = { ...world.store, clock: systemClock };
  const target: FaultTarget = { ask: { url: `${service.url}/`, method: 'GET', headers: {}, timeout: 1_000 } };
  const watching = { everyMs: 20, healthy: 3, recent: [], untilAt: new Date(Date.now() + 20_000).toISOString() };
  expect(await watchService(store, target, { ...watching, wanted: 'well' })).toMatchObject({ reached: true, looks: 3 });
  const seen = await watchService(store, target, { ...watching, wanted: 'well', recent: ['fault', 'well', 'well'] });
  expect(seen).toMatchObject({ reached: true, looks: 1 });
  const past = { ...watching, untilAt: new Date(0).toISOString() };
  expect(await watchService(store, target, { ...past, wanted: 'well' })).toMatchObject({ reached: false, looks: 1 });
  expect(await watchService(store, target, { ...past, wanted: 'ill' })).toMatchObject({ reached: false, looks: 1 });
  service.status = 500;
  expect(await watchService(store, target, { ...past, wanted: 'ill' })).toMatchObject({ reached: true, looks: 1 });
  expect(judgeStatus(silent('timeout', true), {})).toEqual({ verdict: 'fault', detail: 'timeout' });
});

test('lookOnce() takes a figure for well only where its watch says so', async () => {
  await using world = await contentWorld();
  const at = world.store.clock.now().toISOString();
  const state = { hash: 'h', changes: 0, recent: [], since: at, lookedAt: at, detail: 'the value is 9' };
  const seen = async (watch: Pick<WatchState, 'faulty' | 'verdict'>) => {
    const { store, personId } = world;
    await keepWatch(store, { trigger: 'disk', personId }, { ...state, ...watch });
    return (await lookOnce(store, { watch: 'disk' })).verdict;
  };
  expect((await lookOnce(world.store, { watch: 'disk' })).verdict).toBe('unknown');
  expect(await seen({ faulty: false, verdict: 'well' })).toBe('well');
  // Over its line, and not yet for as long as `for`.
  expect(await seen({ faulty: false, verdict: 'fault' })).toBe('unknown');
  expect(await seen({ faulty: false, verdict: 'unknown' })).toBe('unknown');
  for (const verdict of ['well', 'fault', 'unknown'] as const) {
    expect(await seen({ faulty: true, verdict })).toBe('fault');
  }
});

test('fire() fires the trigger that a service names, once for each time that it settled as ill', async () => {
  await using world = await contentWorld();
  const service = { name: 'shop', url: 'http://127.0.0.1:9/', status: [200, 204], onFault: 'shop' };
  const instance = instanceFile.parse({
    health: { services: [service, { name: 'blog', url: 'http://127.0.0.1:9/' }] },
  });
  world.files = { ...world.files, instance };
  const settle = (check: string, healthy: boolean) =>
    world.store.db
      .insert(healthStates)
      .values({ check, healthy, detail: 'status 500', since: world.clock.now(), checkedAt: world.clock.now() })
      .onConflictDoUpdate({ target: healthStates.check, set: { healthy, since: world.clock.now() } });
  await settle('service:shop', false);
  await settle('service:blog', false);
  const events: TriggerEvent[] = [];
  const { id: fireId } = await faultFire(world, {});
  const { fire } = activitiesOf(world, (async (event: TriggerEvent) => {
    events.push(event);
    return { fireId, workflowId: 'w', accepted: true };
  }) as never);
  const checks = ['service:shop', 'service:blog', 'service:gone'];
  expect(await fire({ checks })).toEqual({ told: ['service:shop'] });
  expect(await fire({ checks })).toEqual({ told: ['service:shop'] });
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({ trigger: 'shop', kind: 'http', args: { target: { ask: { expect: [200, 204] } } } });
  expect(events[1]?.slotKey).toBe(events[0]?.slotKey);
  // What the trigger refused is told as before.
  await world.store.db.update(fires).set({ state: 'skipped' }).where(eq(fires.id, fireId));
  expect(await fire({ checks })).toEqual({ told: [] });
  await settle('service:shop', true);
  expect(await fire({ checks })).toEqual({ told: [] });
  expect(events).toHaveLength(3);
  await settle('service:shop', false);
  expect(await activitiesOf(world).fire({ checks })).toEqual({ told: [] });
});

test('tellStory() tells what happened on the owner’s clock, each day once', () => {
  const { subject, text } = tellStory(
    { id: 'inc_1', service: 'shop', flaps: 1, openedAt: new Date('2026-03-01T22:59:50Z') },
    [
      { at: '2026-03-01T22:59:50.000Z', what: 'fault' },
      { at: '2026-03-01T23:00:10.000Z', what: 'well \u202eagain' },
      { at: '2026-03-01T23:00:20.000Z', what: 'closed' },
    ],
    { zone: 'Europe/Berlin', endedAt: new Date('2026-03-02T01:04:50Z') },
  );
  expect(subject).toBe('shop: the fault is closed');
  expect(text.split('\n')).toEqual([
    'From the first sign to the end: 2 h 5 min, down again 1 time.',
    '',
    'Sunday 1 March 2026',
    '  23:59:50  fault',
    'Monday 2 March 2026',
    '  00:00:10  well again',
    '  00:00:20  closed',
    '',
    'Incident: inc_1 (Europe/Berlin)',
  ]);
});
