/** Something that a person did, as far as habits look at it. */
export interface Happening {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was done, such as `/report` or the name of a trigger. */
  readonly name: string;
  /** All of it, with its arguments; `name` where there is no more. */
  readonly line: string;
  /** Where it was done: a channel, a machine. */
  readonly place: string;
  /** Where it was about: a folder, a thread. */
  readonly about?: string;
}

/** What is likely to be done next. */
export interface Guess {
  readonly name: string;
  /** Between 0 and 1; of all guesses together 1. */
  readonly likely: number;
}

/** How often a habit comes. */
export const habitKinds = ['hourly', 'daily', 'weekdays', 'weekends', 'weekly', 'monthly'] as const;
export type HabitKind = (typeof habitKinds)[number];

/** Something that a person does again and again at about the same time of their clock. */
export interface Habit {
  readonly name: string;
  readonly kind: HabitKind;
  /** Minute of the day, or of the hour where it is hourly, about which it is done. */
  readonly minute: number;
  /** Half of the times are no further from it than so many minutes. */
  readonly withinMinutes: number;
  /** Of `weekly`: 1 is Monday. */
  readonly weekday?: number;
  /** Of `monthly`. */
  readonly dayOfMonth?: number;
  /** How often it was done when it could have been, of late. */
  readonly kept: number;
  readonly could: number;
  /** How likely so much would be by chance, by how busy the person is at that time; the lower the surer. */
  readonly chance: number;
  /** When it was done first and last, milliseconds since 1970. */
  readonly since: number;
  readonly last: number;
}

/** How active a person is in each hour of the week, and about when on each weekday. */
export interface ActiveHours {
  /** Happenings by weekday (0 is Monday), then by hour. */
  readonly byHour: readonly (readonly number[])[];
  readonly byWeekday: readonly {
    readonly count: number;
    /** Circular mean, minute of the day. */
    readonly meanMinute: number;
    /** Mean resultant length: 0 where it is spread over the day, 1 where all is in one minute. */
    readonly concentration: number;
  }[];
}
