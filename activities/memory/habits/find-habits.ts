import type { Habit, HabitKind, Happening } from '../../../schemas/habits.ts';
import { apart, circularMean } from './active-hours.ts';
import { type LocalTime, localClock, localTime } from './local-clock.ts';

/** A habit is done within so many minutes of its time; an hourly one within fewer. */
const within = { day: 45, hour: 8 };
/** So much of what could have been must have been, and so often at the least. */
const leastKept = 0.6;
const leastTimes: Readonly<Record<HabitKind, number>> = {
  ...{ hourly: 12, daily: 5, weekdays: 5, weekends: 4, weekly: 4, monthly: 3 },
};
/** What chance would do as well is none, over all that is looked at. */
const mostChance = 1e-3;
/** Of late: a habit that stopped is none any more. */
const lateDays: Readonly<Record<HabitKind, number>> = {
  ...{ hourly: 7, daily: 14, weekdays: 14, weekends: 28, weekly: 42, monthly: 124 },
};
/** Of what a habit looks back on; older times are another life. */
const lookBackDays: Readonly<Record<HabitKind, number>> = {
  ...{ hourly: 28, daily: 60, weekdays: 60, weekends: 90, weekly: 120, monthly: 400 },
};
const leastLate = 0.45;

interface Done extends LocalTime {
  readonly at: number;
}
interface Rule {
  readonly kind: HabitKind;
  readonly weekday?: number;
  readonly dayOfMonth?: number;
  readonly holds: (day: LocalTime) => boolean;
}

const dayRules: readonly Rule[] = [
  { kind: 'daily', holds: () => true },
  { kind: 'weekdays', holds: ({ weekday }) => weekday <= 5 },
  { kind: 'weekends', holds: ({ weekday }) => weekday > 5 },
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (weekday): Rule => ({ kind: 'weekly', weekday, holds: (day) => day.weekday === weekday }),
  ),
  ...Array.from({ length: 31 }, (_, at): Rule => {
    const dayOfMonth = at + 1;
    return { kind: 'monthly', dayOfMonth, holds: (day) => day.dayOfMonth === dayOfMonth };
  }),
];

/**
 * Finds what a person does again and again at about the same time of their clock: by the hour, each day, on weekdays, at
 * weekends, on one weekday, on one day of the month. Each thing has one habit at most: the rule that what was done keeps
 * to best, where chance would not do the same at a time when the person is as busy. What is not done of late any more is
 * none. Local time goes by the zone, so that a change of clocks changes nothing. Pure.
 *
 * @param now - milliseconds since 1970
 */
export function findHabits(happenings: readonly Happening[], now: number, zone: string): Habit[] {
  const clock = localClock(zone);
  const today = clock(now).day;
  const all = happenings.filter(({ at }) => at <= now);
  const byName = new Map<string, Done[]>();
  for (const { name, at } of all) byName.set(name, [...(byName.get(name) ?? []), { ...clock(at), at }]);
  const busy = busyBy([...byName.values()].flat());
  const looked = byName.size * (dayRules.length + 1);
  return [...byName]
    .flatMap(([name, done]) => {
      const sorted = done.toSorted((a, b) => a.at - b.at);
      const found = [
        ...hourly(sorted, today, clock(now).minute),
        ...dayRules.flatMap((rule) => byDay(rule, sorted, today, busy)),
      ];
      const sure = found.filter(({ habit }) => habit.chance * looked < mostChance);
      const best = sure.sort((a, b) => b.fits - a.fits || a.habit.chance - b.habit.chance)[0];
      return best === undefined ? [] : [{ ...best.habit, name }];
    })
    .sort((a, b) => a.chance - b.chance);
}

interface Found {
  readonly habit: Omit<Habit, 'name'>;
  /** How much of it was kept, times how much of all that was done belongs to it. */
  readonly fits: number;
}

function byDay(rule: Rule, all: readonly Done[], today: number, busy: (minute: number) => number): Found[] {
  const done = all.filter(({ day }) => day > today - lookBackDays[rule.kind]);
  const kept = done.filter(rule.holds);
  if (kept.length < leastTimes[rule.kind]) return [];
  const from = kept[0]!.day;
  // Today is not over: it counts once it was kept.
  const days = Array.from({ length: today - from + 1 }, (_, at) => localTime((from + at) * 86_400_000)).filter(
    (day) => rule.holds(day) && (day.day < today || kept.some((one) => one.day === today)),
  );
  const minute = densest(kept, within.day);
  const near = kept.filter((one) => apart(one.minute, minute, 1_440) <= within.day);
  const { meanMinute } = circularMean(
    near.map((one) => one.minute),
    1_440,
  );
  const hits = kept.filter((one) => apart(one.minute, meanMinute, 1_440) <= within.day);
  const on = new Set(hits.map(({ day }) => day));
  if (on.size < leastTimes[rule.kind] || on.size / days.length < leastKept) return [];
  if (!isOfLate(rule.kind, days, on, today)) return [];
  // By chance: as often as it is done at all, spread over the day as the person is; and as on the days of no such rule.
  const perDay = done.length / Math.max(1, today - done[0]!.day + 1);
  const spread = binomialTail(days.length, on.size, 1 - Math.exp(-perDay * busy(meanMinute)));
  const isNear = ({ day, minute: at }: Done) => day >= from && apart(at, meanMinute, 1_440) <= within.day;
  const others = new Set(done.filter((one) => isNear(one) && !rule.holds(one)).map(({ day }) => day)).size;
  const otherDays = today - from + 1 - days.length;
  const anyhow = otherDays <= 0 ? 0 : binomialTail(days.length, on.size, (others + 0.5) / (otherDays + 1));
  const chance = Math.max(spread * (1_440 / (2 * within.day)), anyhow);
  const { kind, weekday, dayOfMonth } = rule;
  return [
    {
      fits: (on.size / days.length) * (hits.length / done.filter(({ day }) => day >= from).length),
      habit: {
        ...{ kind, minute: meanMinute, ...(weekday && { weekday }), ...(dayOfMonth && { dayOfMonth }) },
        ...{ kept: on.size, could: days.length, chance, since: hits[0]!.at, last: hits.at(-1)!.at },
        withinMinutes: median(hits.map((one) => apart(one.minute, meanMinute, 1_440))),
      },
    },
  ];
}

/** Whether a rule was kept on enough of its last days. */
function isOfLate(kind: HabitKind, days: readonly LocalTime[], on: ReadonlySet<number>, today: number): boolean {
  const late = days.filter(({ day }) => day > today - lateDays[kind]);
  return late.length === 0 || late.filter(({ day }) => on.has(day)).length / late.length >= leastLate;
}

/** Each hour of the part of the day in which it is done at all. */
function hourly(all: readonly Done[], today: number, nowMinute: number): Found[] {
  const done = all.filter(({ day }) => day > today - lookBackDays.hourly);
  if (done.length < leastTimes.hourly) return [];
  const minutes = done.map(({ minute }) => minute % 60);
  const middle = densest(
    done.map((one, at) => ({ ...one, minute: minutes[at]! })),
    within.hour,
    60,
  );
  const { meanMinute } = circularMean(
    minutes.filter((one) => apart(one, middle, 60) <= within.hour),
    60,
  );
  const hits = done.filter(({ minute }) => apart(minute % 60, meanMinute, 60) <= within.hour);
  // An hour belongs to the time of the habit that lies nearest.
  const hourOf = ({ day, minute }: LocalTime) => day * 24 + Math.round((minute - meanMinute) / 60);
  const on = new Set(hits.map(hourOf));
  const hours = [...on].map((hour) => ((hour % 24) + 24) % 24);
  const span = busiestSpan(hours);
  const first = Math.min(...on);
  const until = today * 24 + Math.floor((nowMinute - meanMinute) / 60);
  const could = Array.from({ length: Math.max(0, until - first + 1) }, (_, at) => first + at).filter((hour) =>
    span.has(((hour % 24) + 24) % 24),
  );
  const kept = could.filter((hour) => on.has(hour)).length;
  if (kept < leastTimes.hourly || span.size < 4 || kept / could.length < leastKept) return [];
  const late = could.filter((hour) => hour > until - lateDays.hourly * 24);
  if (late.length > 0 && late.filter((hour) => on.has(hour)).length / late.length < leastLate) return [];
  const perHour = done.length / Math.max(1, could.length);
  const chance = binomialTail(could.length, kept, 1 - Math.exp((-perHour * (2 * within.hour + 1)) / 60)) * 4;
  return [
    {
      fits: (kept / could.length) * (hits.length / done.length),
      habit: {
        ...{ kind: 'hourly', minute: meanMinute, kept, could: could.length, chance },
        ...{ since: hits[0]!.at, last: hits.at(-1)!.at },
        withinMinutes: median(hits.map(({ minute }) => apart(minute % 60, meanMinute, 60))),
      },
    },
  ];
}

/** Hours of the day in which it is done at least half as often as in its busiest one. */
function busiestSpan(hours: readonly number[]): ReadonlySet<number> {
  const counts = new Array<number>(24).fill(0);
  for (const hour of hours) counts[hour]! += 1;
  const most = Math.max(...counts);
  return new Set(counts.flatMap((count, hour) => (count * 2 >= most ? [hour] : [])));
}

/** The minute about which the most days are. */
function densest(done: readonly Done[], reach: number, around = 1_440): number {
  let best = { days: 0, minute: 0 };
  for (const { minute } of done) {
    const days = new Set(
      done
        .filter((other) => apart(other.minute, minute, around) <= reach)
        .map(({ day, at }) => (around === 60 ? at : day)),
    ).size;
    if (days > best.days) best = { days, minute };
  }
  return best.minute;
}

const spreadEvenly = 50;

/** What part of all that a person does falls within the reach of a time of the day. */
function busyBy(all: readonly Done[]): (minute: number) => number {
  const counts = new Array<number>(1_440).fill(0);
  for (const { minute } of all) counts[minute]! += 1;
  const sums = [0];
  for (const count of [...counts, ...counts, ...counts]) sums.push(sums.at(-1)! + count);
  return (minute) => {
    const [from, to] = [1_440 + minute - within.day, 1_440 + minute + within.day + 1];
    const seen = sums[to]! - sums[from]!;
    // As if some more had been spread evenly: the habits themselves are what makes the time of a quiet person a busy one.
    const evenly = (2 * within.day + 1) / 1_440;
    return (seen + spreadEvenly * evenly) / (all.length + spreadEvenly);
  };
}

/** How likely at least so many of so many are. Pure. */
export function binomialTail(of: number, least: number, each: number): number {
  if (least <= 0) return 1;
  if (each <= 0) return 0;
  if (each >= 1) return 1;
  let log = 0;
  for (let k = 0; k < least; k += 1) log += Math.log((of - k) / (least - k));
  let term = Math.exp(log + least * Math.log(each) + (of - least) * Math.log(1 - each));
  let sum = 0;
  for (let k = least; k <= of; k += 1) {
    sum += term;
    term *= ((of - k) / (k + 1)) * (each / (1 - each));
  }
  return Math.min(1, sum);
}

function median(all: readonly number[]): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
