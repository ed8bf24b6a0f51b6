// - Each slot of the range that did not run becomes one fire; the same request is the same fires, whatever is at once.
// - They run in order and one at a time, whatever `overlap` says, and also where a kill came between rows and start.
// - A range that cannot be meant is refused with its reason, and a dry run writes nothing.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fires } from '../../../schemas/db/fires.ts';
import { audit } from '../../../schemas/db/records.ts';
import { mostBackfilled } from '../../../triggers/backfill-slots.ts';
import { makeDispatch } from '../../../triggers/dispatch.ts';
import { type DispatchWorld, dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let own: Awaited<ReturnType<typeof ownNamespace>>;
beforeAll(async () => {
  server = await temporal();
  own = await ownNamespace(server);
});
afterAll(() => server[Symbol.asyncDispose]());

const unique = () => `t${randomUUID().slice(0, 8)}`;
const hourly = (more: object = {}) => ({
  ...{ run: 'endless', when: { schedule: '0 * * * *', timezone: 'UTC' } },
  ...{ missed: { policy: 'none' }, ...more },
});
const at = (time: string) => new Date(`2026-03-01T${time}:00Z`);
const ask = (trigger: string, more: object = {}) => ({
  ...{ trigger, by: 'owner', requestId: 'again', from: at('01:00'), to: at('05:00'), max: 100, ...more },
});
const dues = (slots: readonly { dueAt: Date }[]) => slots.map(({ dueAt }) => dueAt.toISOString().slice(11, 16));
const underWay = async (world: DispatchWorld, name: string) =>
  (await world.firesOf(name)).filter(({ state, waits }) => state === 'open' && waits === null);

test('backfillSlots() fires what did not run, oldest first and one at a time', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T00:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ overlap: 'allow' }) });
  await world.dispatch.accountSlots(name);
  world.clock.advance(1_800_000 + 30_000);
  // 01:00 is on time; 02:00 to 05:00 are missed.
  await world.dispatch.accountSlots(name);
  const [ran] = await world.firesOf(name);
  await world.dispatch.endFire({ fireId: ran!.id, ending: 'ran' });
  world.clock.advance(4.5 * 3_600_000);
  await world.dispatch.accountSlots(name);

  const done = await world.dispatch.backfill(ask(name, { max: 3 }));
  expect(dues(done.slots)).toEqual(['02:00', '03:00', '04:00']);
  expect(done.slots.map(({ accepted }) => accepted)).toEqual([true, true, true]);
  expect(done.left).toBe(1);
  const order: string[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const running = await underWay(world, name);
    expect(running).toHaveLength(1);
    order.push(...dues(running));
    const run = await own.client.workflow.getHandle(running[0]!.workflowId).describe();
    expect(run.status.name).toBe('RUNNING');
    world.clock.advance(1_000);
    await world.dispatch.endFire({ fireId: running[0]!.id, ending: 'ran' });
  }
  expect(order).toEqual(['02:00', '03:00', '04:00']);
  expect(await underWay(world, name)).toEqual([]);
  const ended = (await world.firesOf(name)).filter(({ kind }) => kind === 'backfill');
  expect(ended.map(({ state }) => state)).toEqual(['ranLate', 'ranLate', 'ranLate']);
  // What ran by the first request is not owed to another one.
  expect(dues((await world.dispatch.backfill(ask(name, { requestId: 'other' }))).slots)).toEqual(['05:00']);
});

test('backfillSlots() keeps the order of 100 slots that were taken in at one instant', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ when: { schedule: '* * * * *', timezone: 'UTC' } }) });
  const done = await world.dispatch.backfill(ask(name));
  expect(done.slots).toHaveLength(100);
  expect(done.left).toBe(141);
  for (let turn = 0; turn < 10; turn += 1) {
    const [running] = await underWay(world, name);
    expect(running!.id).toBe(done.slots[turn]!.fireId);
    await world.dispatch.endFire({ fireId: running!.id, ending: 'ran' });
  }
});

test('backfillSlots() is the same fires for the same request, ten times at once', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  const all = await Promise.all(Array.from({ length: 10 }, () => world.dispatch.backfill(ask(name, { max: 4 }))));
  expect(new Set(all.map(({ slots }) => JSON.stringify(slots.map(({ fireId }) => fireId)))).size).toBe(1);
  expect(all.filter(({ slots }) => slots.every(({ accepted }) => accepted))).toHaveLength(1);
  expect(await world.firesOf(name)).toHaveLength(4);
  const [row, ...more] = await world.store.db.select().from(audit);
  expect(more).toEqual([]);
  expect(row).toMatchObject({
    ...{ actor: 'owner', action: 'trigger.backfill', subject: name },
    data: { request: 'again', from: '2026-03-01T01:00:00.000Z', to: '2026-03-01T05:00:00.000Z', fires: 4 },
  });
});

test('backfillSlots() waits behind a run under way, and leaves its slot alone', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T04:59:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  await world.dispatch.accountSlots(name);
  world.clock.advance(70_000);
  await world.dispatch.accountSlots(name);
  const [running] = await underWay(world, name);
  expect(dues((await world.dispatch.backfill(ask(name, { from: at('04:00') }))).slots)).toEqual(['04:00']);
  expect(await underWay(world, name)).toHaveLength(1);
  await world.dispatch.endFire({ fireId: running!.id, ending: 'ran' });
  expect(dues(await underWay(world, name))).toEqual(['04:00']);
});

test('backfillSlots() runs on after Temporal was away and nobody came back to start it', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ enabled: false }) });
  const cut = makeDispatch({ ...world.deps, client: unreachableClient() });
  const done = await cut.backfill(ask(name, { max: 2 }));
  expect(done.slots).toHaveLength(2);
  world.clock.advance(10_000);
  expect((await world.dispatch.sweep()).restarted).toBe(1);
  const [first] = await underWay(world, name);
  expect((await own.client.workflow.getHandle(first!.workflowId).describe()).status.name).toBe('RUNNING');
});

test('backfillSlots() lists what would run and writes nothing where it is a dry run', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  const dry = await world.dispatch.backfill(ask(name, { max: 4, dryRun: true }));
  expect(dues(dry.slots)).toEqual(['01:00', '02:00', '03:00', '04:00']);
  expect(dry.slots[0]).not.toHaveProperty('fireId');
  expect(dry.left).toBe(1);
  expect(await world.firesOf(name)).toEqual([]);
  expect(await world.store.db.$count(audit)).toBe(0);
  const done = await world.dispatch.backfill(ask(name, { max: 4 }));
  expect(dues(done.slots)).toEqual(dues(dry.slots));
});

test('backfillSlots() refuses a range in the future, turned round or too wide, and takes one that ends now', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  world.use({
    slots: hourly(),
    seconds: hourly({ when: { schedule: '* * * * * *', timezone: 'UTC' } }),
    mails: { run: 'endless', when: { mail: {} } },
  });
  const refused: [string, object, RegExp][] = [
    ['slots', { to: at('06:31') }, /in the future$/],
    ['slots', { from: at('05:01') }, /before it begins$/],
    ['slots', { from: new Date(Number.NaN) }, /no first or last instant/],
    ['slots', { max: 0 }, /expected 1 to 1000$/],
    ['slots', { max: mostBackfilled + 1 }, /expected 1 to 1000$/],
    ['slots', { requestId: 'a b' }, /request id/],
    ['seconds', { from: new Date('2026-02-01T00:00:00Z') }, /more than 50000 slots/],
    ['mails', {}, /has no slots/],
  ];
  for (const [name, more, words] of refused) {
    const asked = world.dispatch.backfill(ask(name, more));
    await expect(asked).rejects.toMatchObject({ code: 'badInput', message: expect.stringMatching(words) });
  }
  await expect(world.dispatch.backfill(ask('unknown'))).rejects.toMatchObject({ code: 'notFound' });
  const clean = await world.dispatch.backfill(ask('slots', { to: at('06:30'), max: mostBackfilled, dryRun: true }));
  expect(dues(clean.slots)).toEqual(['01:00', '02:00', '03:00', '04:00', '05:00', '06:00']);
  const rows = await world.store.db.select().from(fires).where(eq(fires.kind, 'backfill'));
  expect(rows).toEqual([]);
});

test('backfillSlots() leaves a slot that is due now to its schedule, and a later slot overtakes none that waits', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T00:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ overlap: 'cancelPrevious' }) });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T04:00:10Z');
  const done = await world.dispatch.backfill(ask(name, { from: at('01:00'), to: at('04:00') }));
  expect(dues(done.slots)).toEqual(['01:00', '02:00', '03:00']);
  const due = (await world.firesOf(name)).filter((fire) => fire.dueAt.getTime() === at('04:00').getTime());
  expect(due.map(({ kind, state }) => [kind, state])).toEqual([['schedule', 'open']]);
  world.clock.set('2026-03-01T05:00:10Z');
  await world.dispatch.accountSlots(name);
  const waiting = (await world.firesOf(name)).filter((fire) => fire.kind === 'backfill');
  expect(waiting.map(({ state, waits, reason }) => [state, waits, reason])).toEqual(
    Array.from({ length: 3 }, () => ['open', 'queue', null]),
  );
});
