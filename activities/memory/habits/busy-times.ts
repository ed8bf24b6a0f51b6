import { within } from './habit-rules.ts';
import type { LocalTime } from './local-clock.ts';

/** As if so much more had been done, evenly: habits alone make the time of a quiet person a busy one. */
const spreadEvenly = 50;
const dayMinutes = 1_440;

/** What part of all that a person does falls within the reach of a minute of the day. Pure. */
export function busyTimes(all: readonly LocalTime[]): (minute: number) => number {
  const counts = new Array<number>(dayMinutes).fill(0);
  for (const { minute } of all) counts[minute]! += 1;
  const sums = [0];
  for (const count of [...counts, ...counts, ...counts]) sums.push(sums.at(-1)! + count);
  const evenly = (2 * within.day + 1) / dayMinutes;
  return (minute) => {
    const seen = sums[dayMinutes + minute + within.day + 1]! - sums[dayMinutes + minute - within.day]!;
    return (seen + spreadEvenly * evenly) / (all.length + spreadEvenly);
  };
}
