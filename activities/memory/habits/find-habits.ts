import type { Habit, Happening } from '../../../schemas/habits.ts';
import { busyTimes } from './busy-times.ts';
import { findByDay } from './find-by-day.ts';
import { findHourly } from './find-hourly.ts';
import { type Done, dayRules } from './habit-rules.ts';
import { localClock } from './local-clock.ts';

/** What chance would do as well is none, over all that is looked at. */
const mostChance = 1e-3;

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
  const today = clock(now);
  const all = happenings
    .filter(({ at }) => at <= now)
    .toSorted((a, b) => a.at - b.at)
    .map(({ name, at }): Done & { name: string } => ({ ...clock(at), at, name }));
  const byName = Map.groupBy(all, ({ name }) => name);
  const busy = busyTimes(all);
  const looked = byName.size * (dayRules.length + 1);
  return [...byName]
    .flatMap(([name, done]): Habit[] => {
      const found = [...findHourly(done, today), ...dayRules.flatMap((rule) => findByDay(rule, done, today.day, busy))];
      const sure = found.filter(({ habit }) => habit.chance * looked < mostChance);
      const [best] = sure.sort((a, b) => b.fits - a.fits || a.habit.chance - b.habit.chance);
      return best === undefined ? [] : [{ ...best.habit, name }];
    })
    .sort((a, b) => a.chance - b.chance);
}
