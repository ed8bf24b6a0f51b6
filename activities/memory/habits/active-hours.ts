import type { ActiveHours } from '../../../schemas/habits.ts';
import type { LocalTime } from './local-clock.ts';

const dayMinutes = 1_440;

/** Counts by the hours of a week, with the circular mean of each weekday. Pure. @source Fisher, Statistical Analysis of Circular Data, 1993 */
export function activeHours(times: readonly LocalTime[]): ActiveHours {
  const byHour = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  const sums = Array.from({ length: 7 }, () => ({ count: 0, x: 0, y: 0 }));
  for (const { weekday, minute } of times) {
    byHour[weekday - 1]![Math.floor(minute / 60)]! += 1;
    const angle = (minute / dayMinutes) * 2 * Math.PI;
    const sum = sums[weekday - 1]!;
    sum.count += 1;
    sum.x += Math.cos(angle);
    sum.y += Math.sin(angle);
  }
  return { byHour, byWeekday: sums.map(({ count, x, y }) => ({ count, ...circular(x, y, count, dayMinutes) })) };
}

/** Mean and mean resultant length of minutes on a circle. Pure. */
export function circularMean(minutes: readonly number[], around: number) {
  const angles = minutes.map((minute) => (minute / around) * 2 * Math.PI);
  const x = angles.reduce((sum, angle) => sum + Math.cos(angle), 0);
  const y = angles.reduce((sum, angle) => sum + Math.sin(angle), 0);
  return circular(x, y, minutes.length, around);
}

function circular(x: number, y: number, count: number, around: number) {
  const turn = Math.atan2(y, x) / (2 * Math.PI);
  return {
    meanMinute: count === 0 ? 0 : Math.round((turn < 0 ? turn + 1 : turn) * around) % around,
    concentration: count === 0 ? 0 : Math.hypot(x, y) / count,
  };
}

/** How far two minutes of a circle are from each other. Pure. */
export function apart(a: number, b: number, around: number): number {
  const straight = Math.abs(a - b) % around;
  return Math.min(straight, around - straight);
}
