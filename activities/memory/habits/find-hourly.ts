import { apart, circularMean } from './active-hours.ts';
import { binomialTail, median } from './chance.ts';
import { densest } from './densest.ts';
import {
  type Done,
  type FoundHabit,
  lateDays,
  leastKept,
  leastLate,
  leastTimes,
  lookBackDays,
  within,
} from './habit-rules.ts';
import type { LocalTime } from './local-clock.ts';

/** Fewer hours of the day are no part of it. */
const leastHours = 4;

/**
 * Whether what was done is done each hour, in the part of the day in which it is done at all. Pure.
 *
 * @param all - of one thing, oldest first
 * @param now - by the person's clock
 */
export function findHourly(all: readonly Done[], now: LocalTime): FoundHabit[] {
  const done = all.filter(({ day }) => day > now.day - lookBackDays.hourly);
  if (done.length < leastTimes.hourly) return [];
  const minutes = done.map(({ minute }) => minute % 60);
  const middle = densest(
    done.map(({ minute, at }) => ({ minute: minute % 60, as: at })),
    within.hour,
    60,
  );
  const { meanMinute } = circularMean(
    minutes.filter((minute) => apart(minute, middle, 60) <= within.hour),
    60,
  );
  const hits = done.filter(({ minute }) => apart(minute % 60, meanMinute, 60) <= within.hour);
  // An hour belongs to the time of the habit that lies nearest.
  const on = new Set(hits.map(({ day, minute }) => day * 24 + Math.round((minute - meanMinute) / 60)));
  const span = busiestHours([...on].map(hourOfDay));
  const first = Math.min(...on);
  const until = now.day * 24 + Math.floor((now.minute - meanMinute) / 60);
  const could = Array.from({ length: Math.max(0, until - first + 1) }, (_, at) => first + at).filter((hour) =>
    span.has(hourOfDay(hour)),
  );
  const keptOf = (hours: readonly number[]) => hours.filter((hour) => on.has(hour)).length;
  const kept = keptOf(could);
  if (kept < leastTimes.hourly || span.size < leastHours || kept / could.length < leastKept) return [];
  const late = could.filter((hour) => hour > until - lateDays.hourly * 24);
  if (late.length > 0 && keptOf(late) / late.length < leastLate) return [];
  const perHour = done.length / Math.max(1, could.length);
  // An hour has so many times that it could have been.
  const tries = 60 / (2 * within.hour);
  const chance = binomialTail(could.length, kept, 1 - Math.exp((-perHour * (2 * within.hour + 1)) / 60)) * tries;
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

const hourOfDay = (hour: number): number => ((hour % 24) + 24) % 24;

/** Hours of the day in which it is done at least half as often as in its busiest one. */
function busiestHours(hours: readonly number[]): ReadonlySet<number> {
  const counts = new Array<number>(24).fill(0);
  for (const hour of hours) counts[hour]! += 1;
  const most = Math.max(...counts);
  return new Set(counts.flatMap((count, hour) => (count * 2 >= most ? [hour] : [])));
}
