// - Every form of schedule is accounted for slot by slot; a one-shot that is past when its file is first seen is none.
// - A saved file is in force from that moment: a slot a second later is one of the new rule, and none is lost or added.
// - A cursor as version 0.1 wrote it still says which rule was in force.
import { expect, test } from 'vitest';
import { triggerCursors } from '../../../schemas/db/fires.ts';
import { seeSchedules } from '../../../triggers/see-schedules.ts';
import { dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';

const file = (when: object, more: object = {}) => ({
  ...{ run: 'noop', when, overlap: 'allow', missed: { policy: 'all', max: 100, within: '365d' } },
  ...more,
});
type World = Awaited<ReturnType<typeof dispatchWorld>>;
const slotsOf = async (world: World) => (await world.firesOf('t')).map((fire) => fire.slotKey);

test.each([
  ['every', { every: '90m' }, ['2026-03-01T07:30:00Z', '2026-03-01T09:00:00Z']],
  ['every with a start', { every: '90m', start: '2026-03-01T09:10:00+01:00' }, ['2026-03-01T08:10:00Z']],
  ['at, an instant', { at: '2026-03-01T09:00:00+01:00' }, ['2026-03-01T08:00:00Z']],
  ['at, a local time', { at: '2026-03-01T09:00' }, ['2026-03-01T08:00:00Z']],
  ['at, past', { at: '2026-03-01T07:00' }, []],
  ['rrule', { rrule: 'FREQ=DAILY;BYHOUR=9;BYMINUTE=0,15' }, ['2026-03-01T08:00:00Z', '2026-03-01T08:15:00Z']],
  ['@every', { schedule: '@every 1h30m' }, ['2026-03-01T07:30:00Z', '2026-03-01T09:00:00Z']],
  ['a rule in schedule', { schedule: 'RRULE:FREQ=HOURLY;BYHOUR=9' }, ['2026-03-01T08:00:00Z']],
])('accountSlots() accounts for %s', async (_, when, expected) => {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T06:30:00Z');
  world.use({ t: file(when) });
  await world.dispatch.accountSlots('t');
  world.clock.set('2026-03-01T09:15:00Z');
  await world.dispatch.accountSlots('t');
  expect(await slotsOf(world)).toEqual(expected);
});

test('accountSlots() has no slot after until, also where it is taken away later', async () => {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T06:30:00Z');
  world.use({ t: file({ every: '1h' }, { until: '2026-03-01T08:00:00Z' }) });
  await seeSchedules(world.deps);
  world.clock.set('2026-03-01T09:30:00Z');
  world.use({ t: file({ every: '1h' }) });
  await seeSchedules(world.deps);
  world.clock.set('2026-03-01T10:30:00Z');
  await world.dispatch.accountSlots('t');
  expect(await slotsOf(world)).toEqual(['2026-03-01T07:00:00Z', '2026-03-01T08:00:00Z', '2026-03-01T10:00:00Z']);
});

test('seeSchedules() takes up a file so that a slot a second later is one of it', async () => {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T06:59:59Z');
  world.use({ t: file({ every: '1h' }) });
  await seeSchedules(world.deps);
  world.clock.set('2026-03-01T07:14:59Z');
  world.use({ t: file({ schedule: '15 * * * *' }) });
  await seeSchedules(world.deps);
  world.clock.set('2026-03-01T07:15:00Z');
  await world.dispatch.accountSlots('t');
  expect(await slotsOf(world)).toEqual(['2026-03-01T07:00:00Z', '2026-03-01T07:15:00Z']);
});

test('seeSchedules() owes nothing for the minutes before a trigger is switched on', async () => {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T06:30:00Z');
  world.use({ t: file({ every: '1h' }, { enabled: false }) });
  await seeSchedules(world.deps);
  world.clock.set('2026-03-01T07:00:30Z');
  world.use({ t: file({ every: '1h' }) });
  await seeSchedules(world.deps);
  world.clock.set('2026-03-01T08:00:00Z');
  await world.dispatch.accountSlots('t');
  expect(await slotsOf(world)).toEqual(['2026-03-01T08:00:00Z']);
});

test('accountSlots() reads the rule of a cursor that version 0.1 wrote', async () => {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T09:30:00Z');
  const accountedTo = new Date('2026-03-01T06:30:00Z');
  await world.store.db.insert(triggerCursors).values({ trigger: 't', accountedTo, hash: '0 8,9 * * * Europe/Berlin' });
  world.use({ t: file({ every: '1h' }) });
  await world.dispatch.accountSlots('t');
  expect(await slotsOf(world)).toEqual(['2026-03-01T07:00:00Z', '2026-03-01T08:00:00Z']);
});

test('seeSchedules() owes nothing of the time when a file was not there, or was about something else', async () => {
  await using world = await dispatchWorld(unreachableClient(), '2026-03-01T06:30:00Z');
  const [gone, mail] = ['gone', 'mail'];
  const hourly = { run: 'endless', when: { schedule: '0 * * * *', timezone: 'UTC' }, missed: { policy: 'all' } };
  const onMail = { run: 'endless', when: { mail: { subject: 'x' } } };
  world.use({ [gone]: hourly, [mail]: onMail });
  await seeSchedules(world.deps);
  await world.dispatch.sweep();
  world.use({});
  await seeSchedules(world.deps);
  world.clock.advance(3 * 3_600_000);
  // The one that was about mail has a cursor of its own for that, which says nothing of slots.
  world.use({ [gone]: hourly, [mail]: hourly });
  await seeSchedules(world.deps);
  await world.dispatch.sweep();
  expect([...(await world.firesOf(gone)), ...(await world.firesOf(mail))]).toEqual([]);
  world.clock.set('2026-03-01T10:00:10Z');
  await world.dispatch.sweep();
  expect((await world.firesOf(gone)).map((fire) => fire.slotKey)).toEqual(['2026-03-01T10:00:00Z']);
  expect((await world.firesOf(mail)).map((fire) => fire.slotKey)).toEqual(['2026-03-01T10:00:00Z']);
});
