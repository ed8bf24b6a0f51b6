import { type FadingCounts, fadingCounts } from './fading-counts.ts';

/** What a person did lately, as contexts see it; `^` where nothing was before. */
export interface Lately {
  /** Names, newest last. */
  readonly names: readonly string[];
  /** After how many happenings each name was done last. */
  readonly last: ReadonlyMap<string, number>;
}

/** How much each part counts; those of orders 0, 1 and 2. */
export interface MarkovWeights {
  readonly own: readonly [number, number, number];
  readonly others: readonly [number, number, number];
  readonly lately: number;
  /** After so many other things what was done lately counts a third. */
  readonly latelyOver: number;
  /** Counts for a context that knows little. */
  readonly doubt: number;
}

/** Weights that guess best. @source found by search on the development logs of Svabensky et al., doi 10.1016/j.dib.2021.107398 */
export const markovWeights: MarkovWeights = {
  ...{ own: [0.11, 0.4, 0.54], others: [0.18, 0.44, 0.41], lately: 0.14, latelyOver: 4.7, doubt: 2 },
};

/** The counts of orders 0, 1 and 2. */
export type Orders = readonly [FadingCounts, FadingCounts, FadingCounts];

/** Counts of nothing yet. */
export const orders = (): Orders => [fadingCounts(1), fadingCounts(1), fadingCounts(1)];

/** The contexts of orders 0, 1 and 2. Pure. */
export const orderKeys = ({ names }: Pick<Lately, 'names'>): readonly [string, string, string] => {
  const before = names.at(-1) ?? '^';
  return ['', before, `${names.at(-2) ?? '^'} ${before}`];
};

/**
 * How likely each name is by Markov models of orders 0 to 2, interpolated, of the person and of others, and by what was
 * done lately. Pure.
 *
 * @source Davison and Hirsh, Predicting sequences of user actions, 1998; Jelinek and Mercer, 1980
 */
export function interpolate(
  own: Orders,
  others: Orders,
  lately: Lately,
  weights: MarkovWeights = markovWeights,
): ReadonlyMap<string, number> {
  const scores = new Map<string, number>();
  const add = (name: string, score: number) => scores.set(name, (scores.get(name) ?? 0) + score);
  const keys = orderKeys(lately);
  for (const [counts, parts] of [
    [own, weights.own],
    [others, weights.others],
  ] as const)
    for (const [order, table] of counts.entries()) {
      const row = table.after(keys[order]!);
      for (const [name, count] of row?.of ?? []) add(name, (parts[order]! * count) / (row!.total + weights.doubt));
    }
  const now = lately.names.length;
  for (const [name, at] of lately.last) add(name, weights.lately * Math.exp((at - now) / weights.latelyOver));
  return scores;
}
