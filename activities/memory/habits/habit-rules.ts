import type { Habit, HabitKind } from '../../../schemas/habits.ts';
import type { LocalTime } from './local-clock.ts';

/** A habit is done within so many minutes of its time; an hourly one within fewer. */
export const within = { day: 45, hour: 8 };
/** So much of what could have been must have been, so much of late, and so often at the least. */
export const leastKept = 0.6;
export const leastLate = 0.45;
export const leastTimes: Readonly<Record<HabitKind, number>> = {
  ...{ hourly: 12, daily: 5, weekdays: 5, weekends: 4, weekly: 4, monthly: 3 },
};
/** Days that are of late: a habit that stopped is none any more. */
export const lateDays: Readonly<Record<HabitKind, number>> = {
  ...{ hourly: 7, daily: 14, weekdays: 14, weekends: 28, weekly: 42, monthly: 124 },
};
/** Days that a habit looks back on: older ones are another life. */
export const lookBackDays: Readonly<Record<HabitKind, number>> = {
  ...{ hourly: 28, daily: 60, weekdays: 60, weekends: 90, weekly: 120, monthly: 400 },
};

/** Something that was done, by the person's clock. */
export interface Done extends LocalTime {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** A habit that what was done may be. */
export interface FoundHabit {
  readonly habit: Omit<Habit, 'name'>;
  /** How much of it was kept, times how much of all that was done belongs to it. */
  readonly fits: number;
}

/** On which days something is done. */
export interface DayRule {
  readonly kind: Exclude<HabitKind, 'hourly'>;
  readonly weekday?: number;
  readonly dayOfMonth?: number;
  readonly holds: (day: LocalTime) => boolean;
}

/** All rules by days that are looked for. */
export const dayRules: readonly DayRule[] = [
  { kind: 'daily', holds: () => true },
  { kind: 'weekdays', holds: ({ weekday }) => weekday <= 5 },
  { kind: 'weekends', holds: ({ weekday }) => weekday > 5 },
  ...[1, 2, 3, 4, 5, 6, 7].map((weekday): DayRule => {
    return { kind: 'weekly', weekday, holds: (day) => day.weekday === weekday };
  }),
  ...Array.from({ length: 31 }, (_, at): DayRule => {
    const dayOfMonth = at + 1;
    return { kind: 'monthly', dayOfMonth, holds: (day) => day.dayOfMonth === dayOfMonth };
  }),
];
