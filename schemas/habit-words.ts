import type { Habit } from './habits.ts';

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** When a habit is done, in words, such as `on weekdays about 08:10`. Pure. */
export function habitWords({ kind, minute, weekday, dayOfMonth }: Habit): string {
  const time = clockWords(minute);
  switch (kind) {
    case 'hourly':
      return `each hour about ${String(minute).padStart(2, '0')} minutes past`;
    case 'daily':
      return `each day about ${time}`;
    case 'weekdays':
      return `on weekdays about ${time}`;
    case 'weekends':
      return `at weekends about ${time}`;
    case 'weekly':
      return `on ${weekdays[(weekday ?? 1) - 1]}s about ${time}`;
    case 'monthly':
      return `on day ${dayOfMonth} of the month about ${time}`;
  }
}

/** A minute of the day as a clock shows it. Pure. */
export const clockWords = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
