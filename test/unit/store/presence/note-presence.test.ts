// - A silence of more than three minutes is one absence, whoever notes it at once; a shorter one is none.
// - A clock that jumped back makes none, and does not hide the next one.
import { asc } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../schemas/clock.ts';
import { absences, presence } from '../../../../schemas/db/records.ts';
import { notePresence, silenceMs, touchPresence } from '../../../../store/presence/note-presence.ts';
import { testStore } from '../../../support/postgres.ts';

const start = '2026-03-01T06:00:00Z';

async function world() {
  const clock = fixedClock(start);
  const opened = await testStore({ clock });
  const all = () => opened.store.db.select().from(absences).orderBy(asc(absences.from));
  return { ...opened, clock, all };
}

test('notePresence() makes no absence of the first sign of life, nor of exactly three minutes, and one of more', async () => {
  await using ours = await world();
  expect(await notePresence(ours.store)).toBeUndefined();
  ours.clock.advance(silenceMs);
  expect(await notePresence(ours.store)).toBeUndefined();
  const from = ours.clock.now();
  ours.clock.advance(silenceMs + 1);
  expect(await notePresence(ours.store)).toEqual({ from, to: ours.clock.now() });
  expect(await notePresence(ours.store)).toBeUndefined();
  expect(await ours.all()).toEqual([{ from, to: ours.clock.now() }]);
  expect(await ours.store.db.$count(presence)).toBe(1);
});

test('notePresence() makes one absence where ten processes start at once', async () => {
  await using ours = await world();
  await notePresence(ours.store);
  ours.clock.advance(3_600_000);
  const noted = await Promise.all(Array.from({ length: 10 }, () => notePresence(ours.store)));
  expect(noted.filter((one) => one !== undefined)).toHaveLength(1);
  expect(await ours.all()).toHaveLength(1);
});

test('notePresence() makes no absence where the clock jumped back, and sees the next one', async () => {
  await using ours = await world();
  await notePresence(ours.store);
  ours.clock.advance(-172_800_000);
  expect(await notePresence(ours.store)).toBeUndefined();
  ours.clock.advance(60_000);
  expect(await notePresence(ours.store)).toBeUndefined();
  expect(await ours.all()).toEqual([]);
  ours.clock.advance(silenceMs + 1);
  expect(await notePresence(ours.store)).toBeDefined();
});

test('touchPresence() lets work that took long be no absence', async () => {
  await using ours = await world();
  await notePresence(ours.store);
  ours.clock.advance(600_000);
  await touchPresence(ours.store);
  ours.clock.advance(60_000);
  expect(await notePresence(ours.store)).toBeUndefined();
});
