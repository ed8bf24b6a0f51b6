// - A person's word holds over restarts and edits of the file; what it kept from running is on record.
// - Each word that changes something has one row in the audit log, whose chain holds; the reason lies sealed in it.
// - A person's own request runs all the same.
import { randomUUID } from 'node:crypto';
import { asc } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit, events } from '../../../schemas/db/records.ts';
import { auditHash } from '../../../store/append-audit.ts';
import { gatherReport } from '../../../store/digests/gather-report.ts';
import { readSteering } from '../../../store/triggers/steer-state.ts';
import { makeDispatch } from '../../../triggers/dispatch.ts';
import { mostSkips } from '../../../triggers/skip-fires.ts';
import { type DispatchWorld, dispatchWorld } from '../../support/dispatch-world.ts';
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
  ...{ missed: { policy: 'all' }, overlap: 'allow', ...more },
});
const hour = 3_600_000;
const by = 'owner';
const told = (world: DispatchWorld, name: string) =>
  world.firesOf(name).then((rows) => rows.map(({ state, reason }) => [state, reason]));
const acts = ({ store }: DispatchWorld) => store.db.select().from(audit).orderBy(asc(audit.seq));

test('pauseTrigger() ends slots and events as skipped until resumeTrigger(), and a request still runs', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  await world.dispatch.accountSlots(name);
  const paused = await world.dispatch.pause({ trigger: name, by });
  expect(paused).toEqual({ trigger: name, skipNext: 0, paused: { by, since: world.clock.now() } });
  world.clock.advance(hour);
  await world.dispatch.accountSlots(name);
  await world.dispatch.fireEvent({ trigger: name, kind: 'file', slotKey: 'file-1', source: 'file', event: {} });
  world.clock.advance(1_000);
  await world.dispatch.fireNow({ trigger: name, requestId: 'a', by });
  expect(await told(world, name)).toEqual([
    ['skipped', 'paused by owner'],
    ['skipped', 'paused by owner'],
    ['open', null],
  ]);
  world.clock.advance(hour);
  const resumed = await world.dispatch.resume({ trigger: name, by });
  expect(resumed).toEqual({ trigger: name, skipNext: 0 });
  world.clock.advance(hour);
  await world.dispatch.accountSlots(name);
  const rows = await world.firesOf(name);
  expect(rows.filter(({ kind }) => kind === 'schedule').map(({ state }) => state)).toEqual([
    'skipped',
    'skipped',
    'open',
  ]);
});

test('pauseTrigger() leaves a slot that was due before it to run, and takes none that is due after it', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:59:59Z');
  const name = unique();
  world.use({ [name]: hourly() });
  await world.dispatch.accountSlots(name);
  world.clock.advance(2_000);
  // Nobody has noticed the slot of 07:00 yet.
  await world.dispatch.pause({ trigger: name, by });
  world.clock.advance(hour);
  await world.dispatch.accountSlots(name);
  expect((await told(world, name)).map(([state]) => state)).toEqual(['open', 'skipped']);
});

test('pauseTrigger() holds over a restart and another version of the file, and is loud in the report', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const [name, gone] = [unique(), unique()];
  world.use({ [name]: hourly(), [gone]: hourly() });
  await world.dispatch.accountSlots(name);
  await world.dispatch.pause({ trigger: name, by, reason: 'on holiday' });
  await world.dispatch.pause({ trigger: gone, by });
  world.use({ [name]: hourly({ priority: 'high' }) });
  const again = makeDispatch(world.deps);
  world.clock.advance(hour);
  expect(await again.accountSlots(name)).toEqual({ fired: 0, missed: 0, skipped: 1 });
  const { waiting } = await gatherReport(world.store, world.deps.files.current(), {
    ...{ personId: world.personId, fireId: 'none' },
  });
  expect(waiting).toEqual([
    {
      ...{ kind: 'trigger', what: `trigger ${name}`, why: 'paused by owner: on holiday' },
      ...{ since: '2026-03-01T06:30:00.000Z', remedy: `\`steward trigger resume ${name}\` lets it run again` },
    },
  ]);
});

test('pauseTrigger(), resumeTrigger(), skipFires() and fireNow() are audited once each, in a chain that holds', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  for (let time = 0; time < 2; time += 1) {
    await Promise.all([world.dispatch.pause({ trigger: name, by }), world.dispatch.pause({ trigger: name, by })]);
  }
  await world.dispatch.pause({ trigger: name, by: 'another', reason: 'CANARY at home' });
  for (let time = 0; time < 2; time += 1) {
    await world.dispatch.skip({ trigger: name, by, count: 2 });
    await world.dispatch.fireNow({ trigger: name, requestId: 'a', by });
    await world.dispatch.resume({ trigger: name, by });
  }
  await world.dispatch.fireNow({ trigger: name, requestId: 'no-person' });
  const rows = await acts(world);
  const asked = (await world.firesOf(name)).find(({ slotKey }) => slotKey === 'manual-a');
  expect(rows.map(({ actor, action, subject }) => [actor, action, subject])).toEqual([
    ['owner', 'trigger.pause', name],
    ['another', 'trigger.pause', name],
    ['owner', 'trigger.skip', name],
    ['owner', 'trigger.fire', name],
    ['owner', 'trigger.resume', name],
  ]);
  expect(rows.map(({ data }) => data).slice(2)).toEqual([{ count: 2 }, { fire: asked!.id }, {}]);
  let previous = '';
  for (const { previousHash, hash, at, personId, actor, action, subject, data } of rows) {
    expect(previousHash).toBe(previous);
    expect(hash).toBe(auditHash(previous, at, { actor, action, subject, personId: personId!, data }));
    previous = hash;
  }
  expect(JSON.stringify(rows)).not.toContain('CANARY');
  expect((await world.store.db.select().from(events)).map((event) => event.type)).toEqual([
    'person.added',
    ...['trigger.paused', 'trigger.skips', 'fire.accepted', 'trigger.resumed', 'fire.accepted'],
  ]);
});

test('pauseTrigger() keeps the first pause and shows the newest reason', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  const since = world.clock.now();
  await world.dispatch.pause({ trigger: name, by, reason: 'first' });
  world.clock.advance(hour);
  await world.dispatch.pause({ trigger: name, by: 'another', reason: 'second' });
  expect((await readSteering(world.store)).get(name)).toEqual({
    skipNext: 0,
    paused: { by, since, reason: 'second' },
  });
  await world.dispatch.resume({ trigger: name, by });
  await world.dispatch.pause({ trigger: name, by });
  expect((await readSteering(world.store)).get(name)!.paused).not.toHaveProperty('reason');
});

test('skipFires() skips exactly so many of the next fires, over restarts, and a request is not counted', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly() });
  await world.dispatch.accountSlots(name);
  await world.dispatch.skip({ trigger: name, by, count: 5 });
  expect(await world.dispatch.skip({ trigger: name, by, count: 2 })).toEqual({ trigger: name, skipNext: 2 });
  await world.dispatch.fireNow({ trigger: name, requestId: 'a', by });
  for (let slot = 0; slot < 3; slot += 1) {
    world.clock.advance(hour);
    await makeDispatch(world.deps).accountSlots(name);
  }
  const slots = (await world.firesOf(name)).filter(({ kind }) => kind === 'schedule');
  expect(slots.map(({ state, reason }) => [state, reason])).toEqual([
    ['skipped', 'skipped because a person asked'],
    ['skipped', 'skipped because a person asked'],
    ['open', null],
  ]);
  expect((await readSteering(world.store)).size).toBe(0);
});

test('skipFires() takes 0 and 1,000 and nothing beyond; no word is taken for a trigger that is not there', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  world.use({ known: hourly() });
  for (const count of [0, mostSkips]) {
    expect((await world.dispatch.skip({ trigger: 'known', by, count })).skipNext).toBe(count);
  }
  for (const count of [-1, 1.5, Number.NaN, mostSkips + 1]) {
    await expect(world.dispatch.skip({ trigger: 'known', by, count })).rejects.toMatchObject({ code: 'badInput' });
  }
  const trigger = 'unknown';
  await expect(world.dispatch.pause({ trigger, by })).rejects.toMatchObject({ code: 'notFound' });
  await expect(world.dispatch.resume({ trigger, by })).rejects.toMatchObject({ code: 'notFound' });
  await expect(world.dispatch.skip({ trigger, by, count: 1 })).rejects.toMatchObject({ code: 'notFound' });
});
