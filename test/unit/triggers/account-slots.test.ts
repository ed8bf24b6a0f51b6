// - Every slot since the last accounted one is a row: run, or on record with its reason; the cursor moves with the rows.
// - What is late is decided by `missed`, what collides by `overlap`; an absence of any length stays bounded.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { triggerCursors } from '../../../schemas/db/fires.ts';
import { absences, events } from '../../../schemas/db/records.ts';
import { endFire } from '../../../store/fires/end-fire.ts';
import { argsOf } from '../../../store/fires/open-fire.ts';
import { accountSlots } from '../../../triggers/account-slots.ts';
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
const hourly = (missed: object, more: object = {}) => ({
  run: 'endless',
  when: { schedule: '0 * * * *', timezone: 'UTC' },
  missed,
  ...more,
});
/** Accounts once at 06:30, then is away until `until`. */
async function away(world: DispatchWorld, name: string, trigger: object, until: string) {
  world.use({ [name]: trigger });
  expect(await world.dispatch.accountSlots(name)).toEqual({ fired: 0, missed: 0, skipped: 0 });
  world.clock.set(until);
  const counts = await world.dispatch.accountSlots(name);
  const rows = (await world.firesOf(name)).map(({ slotKey, state }) => `${slotKey.slice(11, 16)} ${state}`);
  return { counts, rows };
}

test('accountSlots() starts at first sight, and says nothing of slots before it', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'all' }) });
  await world.dispatch.accountSlots(name);
  expect(await world.firesOf(name)).toEqual([]);
});

test('accountSlots() fires a slot on time whatever the policy is, and once', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  const { counts, rows } = await away(world, name, hourly({ policy: 'none' }), '2026-03-01T07:00:30Z');
  expect(counts).toEqual({ fired: 1, missed: 0, skipped: 0 });
  expect(rows).toEqual(['07:00 open']);
  expect((await world.firesOf(name))[0]?.lateMs).toBeNull();
  expect(await world.dispatch.accountSlots(name)).toEqual({ fired: 0, missed: 0, skipped: 0 });
  const run = await own.client.workflow.getHandle(`fire:${name}:2026-03-01T07:00:00Z`).describe();
  expect(run.status.name).toBe('RUNNING');
});

test('accountSlots() with missed none records each late slot as missed', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const { counts, rows } = await away(world, unique(), hourly({ policy: 'none' }), '2026-03-01T09:30:00Z');
  expect(counts).toEqual({ fired: 0, missed: 3, skipped: 0 });
  expect(rows).toEqual(['07:00 missed', '08:00 missed', '09:00 missed']);
});

test('accountSlots() with missed latest runs the newest slot late, and says how late', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  const { rows } = await away(world, name, hourly({ policy: 'latest', within: '3h' }), '2026-03-01T09:30:00Z');
  expect(rows).toEqual(['07:00 missed', '08:00 missed', '09:00 open']);
  const fires = await world.firesOf(name);
  expect(fires[0]?.reason).toBe('noticed 2 h late; policy latest, a newer slot stands for it');
  expect(fires[2]?.lateMs).toBe(1_800_000);
  expect(await endFire(world.store, { fireId: fires[2]!.id, ending: 'ran' })).toMatchObject({
    ending: 'ranLate',
    written: true,
  });
});

test('accountSlots() with missed latest runs nothing that is older than within', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const { rows } = await away(world, unique(), hourly({ policy: 'latest', within: '10m' }), '2026-03-01T08:30:00Z');
  expect(rows).toEqual(['07:00 missed', '08:00 missed']);
});

test('accountSlots() with missed all catches up the newest slots up to max, side by side', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const { counts, rows } = await away(world, unique(), hourly({ policy: 'all', max: 2 }), '2026-03-01T10:30:00Z');
  expect(counts).toEqual({ fired: 2, missed: 2, skipped: 0 });
  expect(rows).toEqual(['07:00 missed', '08:00 missed', '09:00 open', '10:00 open']);
});

test('accountSlots() skips a slot while the fire before is open, and names it', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  await away(world, name, hourly({ policy: 'none' }), '2026-03-01T07:00:10Z');
  world.clock.set('2026-03-01T08:00:10Z');
  expect(await world.dispatch.accountSlots(name)).toEqual({ fired: 0, missed: 0, skipped: 1 });
  const [first, second] = await world.firesOf(name);
  expect(second).toMatchObject({ state: 'skipped', reason: `${first!.id} was still open` });
  await endFire(world.store, { fireId: first!.id, ending: 'ran' });
  world.clock.set('2026-03-01T09:00:10Z');
  expect((await world.dispatch.accountSlots(name)).fired).toBe(1);
});

test('accountSlots() with overlap allow runs beside an open fire', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  await away(world, name, hourly({ policy: 'none' }, { overlap: 'allow' }), '2026-03-01T07:00:10Z');
  world.clock.set('2026-03-01T08:00:10Z');
  expect((await world.dispatch.accountSlots(name)).fired).toBe(1);
});

test('accountSlots() by eight at once makes each slot one row', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'all', max: 100 }) });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T18:30:00Z');
  const all = await Promise.all(Array.from({ length: 8 }, () => world.dispatch.accountSlots(name)));
  expect(all.reduce((sum, one) => sum + one.fired, 0)).toBe(12);
  expect(await world.firesOf(name)).toHaveLength(12);
});

test('accountSlots() keeps a year of minutes bounded: newest rows, and one row for the rest', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  const everyMinute = { ...hourly({ policy: 'latest' }), when: { schedule: '* * * * *', timezone: 'Europe/Berlin' } };
  world.use({ [name]: everyMinute });
  await world.dispatch.accountSlots(name);
  world.clock.set('2027-03-01T06:30:30Z');
  const counts = await world.dispatch.accountSlots(name);
  expect(counts).toEqual({ fired: 1, missed: 365 * 1440 - 1, skipped: 0 });
  const rows = await world.firesOf(name);
  expect(rows).toHaveLength(1_001);
  expect(rows[0]).toMatchObject({ state: 'missed', outcome: { facts: { slots: 365 * 1440 - 1_000 } } });
  expect((await world.store.db.select().from(events)).length).toBeLessThan(10);
});

test('accountSlots() forgets no slot when the file changes, and adds none that it had not', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'none' }) });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T08:30:00Z');
  world.use({ [name]: { ...hourly({ policy: 'none' }), when: { schedule: '15 * * * *', timezone: 'UTC' } } });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T09:20:00Z');
  await world.dispatch.accountSlots(name);
  expect((await world.firesOf(name)).map((fire) => fire.slotKey.slice(11, 16))).toEqual(['07:00', '08:00', '09:15']);
});

test('accountSlots() owes nothing for the time in which a trigger was switched off', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  await away(world, name, hourly({ policy: 'all' }, { enabled: false }), '2026-03-01T09:30:00Z');
  world.use({ [name]: hourly({ policy: 'all' }) });
  world.clock.set('2026-03-01T09:31:00Z');
  await world.dispatch.accountSlots(name);
  expect(await world.firesOf(name)).toEqual([]);
});

test('accountSlots() keeps rows and cursor when Temporal is away, and the sweeper starts the run', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'none' }) });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T07:00:05Z');
  expect((await accountSlots({ ...world.deps, client: unreachableClient() }, name)).fired).toBe(1);
  const [cursor] = await world.store.db.select().from(triggerCursors);
  expect(cursor?.accountedTo.toISOString()).toBe('2026-03-01T07:00:05.000Z');
  world.clock.advance(10_000);
  expect((await world.dispatch.sweep()).restarted).toBe(1);
});

test('sweep() notes an absence once, before it accounts for what was due in it', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'latest' }) });
  await world.dispatch.sweep();
  world.clock.advance(3 * 3_600_000);
  await Promise.all([world.dispatch.sweep(), world.dispatch.sweep()]);
  const noted = await world.store.db.select().from(absences);
  expect(noted).toEqual([{ from: new Date('2026-03-01T06:30:00Z'), to: new Date('2026-03-01T09:30:00Z') }]);
  expect((await world.firesOf(name)).map(({ state }) => state)).toEqual(['missed', 'missed', 'open']);
  world.clock.advance(60_000);
  await world.dispatch.sweep();
  expect(await world.store.db.$count(absences)).toBe(1);
});

test('accountSlots() records slots that were due before a trigger was switched off, and owes nothing from then on', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'all' }) });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T08:30:00Z');
  world.use({ [name]: hourly({ policy: 'all' }, { enabled: false }) });
  await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T10:30:00Z');
  await world.dispatch.accountSlots(name);
  expect(
    (await world.firesOf(name)).map(({ slotKey, state, reason }) => [slotKey.slice(11, 16), state, reason]),
  ).toEqual([
    ['07:00', 'skipped', 'the trigger was switched off'],
    ['08:00', 'skipped', 'the trigger was switched off'],
  ]);
});

test('accountSlots() makes the arguments that map asks for, and ends a slot as failed where it cannot', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const [good, bad] = [unique(), unique()];
  world.use({
    [good]: hourly({ policy: 'none' }, { map: { due: 'event.dueAt' } }),
    [bad]: hourly({ policy: 'none' }, { map: { due: 'event.dueAt.size() / 0' } }),
  });
  for (const name of [good, bad]) await world.dispatch.accountSlots(name);
  world.clock.set('2026-03-01T07:00:10Z');
  for (const name of [good, bad, bad]) await world.dispatch.accountSlots(name);
  const [fire] = await world.firesOf(good);
  expect(argsOf(world.store, fire!)).toEqual({ due: '2026-03-01T07:00:00.000Z' });
  const failed = await world.firesOf(bad);
  expect(failed.map(({ state }) => state)).toEqual(['failed']);
  expect(failed[0]?.reason).toMatch(/^map\.due cannot be made/);
});

test('accountSlots() with cancelPrevious counts only the slot that runs, and asks the newest first', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const trigger = hourly({ policy: 'all' }, { overlap: 'cancelPrevious', throttle: { max: 1, per: '1d' } });
  const { rows } = await away(world, unique(), trigger, '2026-03-01T09:30:00Z');
  expect(rows).toEqual(['07:00 skipped', '08:00 skipped', '09:00 open']);
});

test('accountSlots() does not count a slot that overlap skips towards the throttle', async () => {
  await using world = await dispatchWorld(own.client, '2026-03-01T06:30:00Z');
  const name = unique();
  world.use({ [name]: hourly({ policy: 'none' }, { throttle: { max: 2, per: '1d' } }) });
  await world.dispatch.accountSlots(name);
  for (const hour of ['07', '08', '09']) {
    world.clock.set(`2026-03-01T${hour}:00:10Z`);
    await world.dispatch.accountSlots(name);
  }
  await endFire(world.store, { fireId: (await world.firesOf(name))[0]!.id, ending: 'ran' });
  world.clock.set('2026-03-01T10:00:10Z');
  await world.dispatch.accountSlots(name);
  expect((await world.firesOf(name)).map((fire) => fire.state)).toEqual(['ran', 'skipped', 'skipped', 'open']);
});
