/**
 * - What is done again and again at about the same time is found with its kind and its time, by the person's own clock,
 *   through a change of clocks.
 * - What chance would do as well, what stopped, and what was done on few days is no habit.
 */
import { describe, expect, test } from 'vitest';
import { binomialTail } from '../../../../../activities/memory/habits/chance.ts';
import { findHabits } from '../../../../../activities/memory/habits/find-habits.ts';
import { plantLife } from '../../../../../bench/plant-habits.ts';
import type { Happening } from '../../../../../schemas/habits.ts';
import { seeded } from '../../../../chaos/kill-plan.ts';

const dayMs = 86_400_000;
const done = (name: string, at: number): Happening => ({ at, name, line: name, place: 'api' });
const start = Date.parse('2026-03-02T00:00:00Z');
/** On each of some days, so many minutes after midnight in UTC. */
const each = (days: readonly number[], minute: number, name = '/report') =>
  days.map((day) => done(name, start + day * dayMs + minute * 60_000));
const upTo = (days: number) => Array.from({ length: days }, (_, day) => day);
const at = (days: number) => start + days * dayMs;

describe('findHabits()', () => {
  test('finds each kind that there is, and names its time', () => {
    const found = findHabits(
      [
        ...each(upTo(40), 490, '/daily'),
        ...each(
          upTo(40).filter((day) => day % 7 < 5),
          600,
          '/weekdays',
        ),
        ...each(
          upTo(40).filter((day) => day % 7 >= 5),
          660,
          '/weekends',
        ),
        ...each(
          upTo(40).filter((day) => day % 7 === 2),
          900,
          '/weekly',
        ),
        ...upTo(10).flatMap((day) =>
          Array.from({ length: 10 }, (_, hour) => done('/hourly', at(30 + day) + (8 + hour) * 3_600_000 + 300_000)),
        ),
      ],
      at(40),
      'UTC',
    );
    const shown = found.map(({ name, kind, minute, weekday }) => [name, kind, minute, weekday]);
    expect(shown.sort()).toEqual([
      ['/daily', 'daily', 490, undefined],
      ['/hourly', 'hourly', 5, undefined],
      ['/weekdays', 'weekdays', 600, undefined],
      ['/weekends', 'weekends', 660, undefined],
      ['/weekly', 'weekly', 900, 3],
    ]);
    expect(found.find(({ name }) => name === '/daily')).toMatchObject({ kept: 40, could: 40, withinMinutes: 0 });
  });

  test('finds what is done on a day of the month', () => {
    const days = [2, 3, 4, 5, 6, 7].map((month) => Date.UTC(2026, month, 15, 18, 30));
    expect(
      findHabits(
        days.map((one) => done('/rent', one)),
        Date.UTC(2026, 7, 20),
        'UTC',
      ),
    ).toMatchObject([{ name: '/rent', kind: 'monthly', dayOfMonth: 15, minute: 18 * 60 + 30 }]);
  });

  test('goes by the clock of the person, which is put forward in between', () => {
    // Eight in the morning in Berlin, before and after 29 March.
    const local = upTo(50).map((day) => at(day) + (day < 27 ? 7 : 6) * 3_600_000);
    const found = findHabits(
      local.map((one) => done('/report', one)),
      at(50),
      'Europe/Berlin',
    );
    expect(found).toMatchObject([{ kind: 'daily', minute: 480, withinMinutes: 0 }]);
  });

  test('says nothing of what stopped, of what was done on few days, and of what has not come yet', () => {
    expect(findHabits(each(upTo(40), 490), at(70), 'UTC')).toEqual([]);
    expect(
      findHabits(
        each(
          upTo(100).filter((day) => day % 5 === (day * 7) % 3),
          540,
        ),
        at(100),
        'UTC',
      ),
    ).toEqual([]);
    expect(findHabits(each(upTo(40), 490), at(3), 'UTC')).toEqual([]);
    expect(findHabits([], at(3), 'UTC')).toEqual([]);
  });

  test('does not take for a habit what is done all day long', () => {
    const random = seeded(5);
    const often = Array.from({ length: 600 }, () =>
      done('/status', start + Math.floor(random() * 60 * 24 * 60) * 60_000),
    );
    expect(findHabits(often, at(60), 'UTC')).toEqual([]);
  });

  test('finds nine of ten that were planted, and hardly one that was not', () => {
    let [planted, right, shown] = [0, 0, 0];
    for (let life = 0; life < 4; life += 1) {
      const { habits, happenings, now, zone } = plantLife(seeded(900 + life));
      const found = findHabits(happenings, now, zone);
      planted += habits.length;
      shown += found.length;
      right += habits.filter(({ name, kind }) => found.some((one) => one.name === name && one.kind === kind)).length;
    }
    expect(right / planted).toBeGreaterThanOrEqual(0.9);
    expect((shown - right) / shown).toBeLessThanOrEqual(0.05);
  });
});

test.each([
  [10, 0, 0.5, 1],
  [10, 10, 0.5, 1 / 1024],
  [3, 2, 0.5, 0.5],
  [5, 1, 0, 0],
  [5, 5, 1, 1],
])('binomialTail() of %d, at least %d, each %d', (of, least, each_, expected) => {
  expect(binomialTail(of, least, each_)).toBeCloseTo(expected, 10);
});
