import type { Happening } from '../../../schemas/habits.ts';

/** What the next thing is looked for by; of each there is one table of the person's and one of all. */
export const contexts = [
  ...['any', 'one', 'two', 'three', 'four', 'skip', 'line', 'twoLines', 'oneAndLine'],
  ...['place', 'placeAndOne', 'placeAndAbout', 'about', 'aboutAndLine', 'pauseAndOne'],
] as const;
export type Context = (typeof contexts)[number];

/** Where a person stands before what they do next. */
export interface Standing {
  readonly at: number;
  readonly names: readonly string[];
  readonly before: Happening | undefined;
  /** The line before the one before. */
  readonly lineBefore: string;
}

/** The key of each context, as a person stands. Pure. */
export function keysOf({ at, names, before, lineBefore }: Standing): Readonly<Record<Context, string>> {
  const [one, two, three, four] = [1, 2, 3, 4].map((back) => names.at(-back) ?? '^') as [
    string,
    string,
    string,
    string,
  ];
  const { line = '^', place = '^', about = '^' } = before ?? {};
  const key = (...parts: string[]) => parts.join('\0');
  return {
    ...{ any: '', one, two: key(two, one), three: key(three, two, one), four: key(four, three, two, one), skip: two },
    ...{ line, twoLines: key(lineBefore, line), oneAndLine: key(two, line) },
    ...{ place, placeAndOne: key(place, one), placeAndAbout: key(place, about) },
    ...{ about: key(about, one), aboutAndLine: key(about, line) },
    pauseAndOne: key(pauseOf(at - (before?.at ?? 0)), one),
  };
}

const pauseOf = (ms: number): string => `${[5_000, 20_000, 120_000].filter((least) => ms >= least).length}`;
