import type { HabitKind } from '../../../schemas/habits.ts';
import { apart, circularMean } from './active-hours.ts';
import { binomialTail, median } from './chance.ts';
import { densest } from './densest.ts';
import {
  type DayRule,
  type Done,
  type FoundHabit,
  lateDays,
  leastKept,
  leastLate,
  leastTimes,
  lookBackDays,
  within,
} from './habit-rules.ts';
import { type LocalTime, localTime } from './local-clock.ts';

const dayMinutes = 1_440;

/**
 * Whether what was done keeps to a rule by days. Pure.
 *
 * @param all - of one thing, oldest first
 * @param today - the local day that is not over
 * @param busy - what part of all that the person does falls near a minute of the day
 */
export function findByDay(
  rule: DayRule,
  all: readonly Done[],
  today: number,
  busy: (minute: number) => number,
): FoundHabit[] {
  const done = all.filter(({ day }) => day > today - lookBackDays[rule.kind]);
  const kept = done.filter(rule.holds);
  if (kept.length < leastTimes[rule.kind]) return [];
  const from = kept[0]!.day;
  // Today is not over: it counts once it was kept.
  const days = Array.from({ length: today - from + 1 }, (_, at) => localTime((from + at) * 86_400_000)).filter(
    (day) => rule.holds(day) && (day.day < today || kept.some((one) => one.day === today)),
  );
  const middle = densest(
    kept.map(({ minute, day }) => ({ minute, as: day })),
    within.day,
    dayMinutes,
  );
  const near = kept.flatMap(({ minute }) => (apart(minute, middle, dayMinutes) <= within.day ? [minute] : []));
  const { meanMinute } = circularMean(near, dayMinutes);
  const isNear = ({ minute }: Done) => apart(minute, meanMinute, dayMinutes) <= within.day;
  const hits = kept.filter(isNear);
  const on = new Set(hits.map(({ day }) => day));
  if (on.size < leastTimes[rule.kind] || on.size / days.length < leastKept || !isOfLate(rule.kind, days, on, today))
    return [];
  // By chance: as often as it is done at all, spread over the day as the person is; and as on the days of no such rule.
  const perDay = done.length / Math.max(1, today - done[0]!.day + 1);
  const spread = binomialTail(days.length, on.size, 1 - Math.exp(-perDay * busy(meanMinute)));
  const since = done.filter(({ day }) => day >= from);
  const others = new Set(since.filter((one) => isNear(one) && !rule.holds(one)).map(({ day }) => day)).size;
  const otherDays = today - from + 1 - days.length;
  const anyhow = otherDays <= 0 ? 0 : binomialTail(days.length, on.size, (others + 0.5) / (otherDays + 1));
  // A day has so many times that it could have been.
  const chance = Math.max(spread * (dayMinutes / (2 * within.day)), anyhow);
  const { kind, weekday, dayOfMonth } = rule;
  return [
    {
      fits: (on.size / days.length) * (hits.length / since.length),
      habit: {
        ...{ kind, minute: meanMinute, ...(weekday && { weekday }), ...(dayOfMonth && { dayOfMonth }) },
        ...{ kept: on.size, could: days.length, chance, since: hits[0]!.at, last: hits.at(-1)!.at },
        withinMinutes: median(hits.map(({ minute }) => apart(minute, meanMinute, dayMinutes))),
      },
    },
  ];
}

/** Whether a rule was kept on enough of its last days. */
function isOfLate(kind: HabitKind, days: readonly LocalTime[], on: ReadonlySet<number>, today: number): boolean {
  const late = days.filter(({ day }) => day > today - lateDays[kind]);
  return late.length === 0 || late.filter(({ day }) => on.has(day)).length / late.length >= leastLate;
}
