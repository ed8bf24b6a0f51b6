import type { Recurrence } from './parse-rrule.ts';
import { type Period, periodsOf } from './rrule-days.ts';

const dayMs = 86_400_000;

/**
 * The local times of a rule of FREQ DAILY or slower in [from, to], in order: what local clocks show, as if it were UTC.
 * COUNT and UNTIL are left to the caller. Pure, knows no zone; never more than a year of days in memory.
 *
 * @param anchor - DTSTART: nothing before it, and it stands in for parts that are left out
 */
export function* wallsOf(rule: Recurrence, anchor: number, from: number, to: number): Generator<number> {
  const into = ((anchor % dayMs) + dayMs) % dayMs;
  const times: Times = {
    hours: rule.hours ?? [Math.floor(into / 3_600_000)],
    minutes: rule.minutes ?? [Math.floor(into / 60_000) % 60],
    seconds: rule.seconds ?? [Math.floor(into / 1_000) % 60],
  };
  const begin = Math.max(anchor, from);
  const day = (at: number) => Math.floor(at / dayMs);
  for (const period of periodsOf(rule, day(anchor), Math.max(day(anchor), day(begin)))) {
    if (period.first * dayMs > to) return;
    const walls = rule.positions === undefined ? eachTime(period, times, begin) : positioned(rule, period, times);
    for (const wall of walls) {
      if (wall > to) return;
      if (wall >= begin) yield wall;
    }
  }
}

interface Times {
  readonly hours: readonly number[];
  readonly minutes: readonly number[];
  readonly seconds: readonly number[];
}

function* eachTime({ days }: Period, { hours, minutes, seconds }: Times, from: number): Generator<number> {
  for (const day of days) {
    if ((day + 1) * dayMs <= from) continue;
    for (const hour of hours) {
      const atHour = day * dayMs + hour * 3_600_000;
      if (atHour + 3_600_000 <= from) continue;
      for (const minute of minutes) {
        const atMinute = atHour + minute * 60_000;
        if (atMinute + 60_000 <= from) continue;
        for (const second of seconds) yield atMinute + second * 1_000;
      }
    }
  }
}

/** BYSETPOS by arithmetic: a year of seconds is never put into a list. */
function positioned({ positions }: Recurrence, { days }: Period, { hours, minutes, seconds }: Times): number[] {
  const inMinute = seconds.length;
  const inHour = minutes.length * inMinute;
  const inDay = hours.length * inHour;
  const total = days.length * inDay;
  const places = positions!.map((nth) => (nth > 0 ? nth - 1 : total + nth)).filter((at) => at >= 0 && at < total);
  return [...new Set(places)]
    .sort((a, b) => a - b)
    .map((at) => {
      const time = at % inDay;
      return (
        days[Math.floor(at / inDay)]! * dayMs +
        hours[Math.floor(time / inHour)]! * 3_600_000 +
        minutes[Math.floor((time % inHour) / inMinute)]! * 60_000 +
        seconds[time % inMinute]! * 1_000
      );
    });
}
