import type { Guess, Happening } from '../../../schemas/habits.ts';
import { type Context, contexts, keysOf } from './command-contexts.ts';
import { type FadingCounts, type Followers, fadingCounts } from './fading-counts.ts';
import { interpolate, type Lately, type Orders, orderKeys, orders } from './interpolated-markov.ts';

/** What one person does next, learned as they go. */
export interface NextCommand {
  /** The likeliest first. @param at - milliseconds since 1970 */
  guess(at: number, most: number): Guess[];
  learn(done: Happening): void;
}

/** What several people do, and how much each kind of context has been worth so far. One a store. */
export interface SharedHabits {
  readonly orders: Orders;
  readonly counts: ReadonlyMap<Context, FadingCounts>;
  readonly weights: Map<string, number>;
}

/** Part of a weight that is left after the next one of its context. */
const keep = { own: 0.98, all: 0.98 };
/** How far one happening moves a weight, and no further than so much. */
const step = 0.002;
const mostPull = 3;
/** A count for what was never seen in a context, and in how many shares. */
const unseen = 0.1;
const shares = 20;
const firstWeights: Readonly<Record<string, number>> = { own: 0.1, all: 0.05, markov: 0.7 };

/** Makes what people share who live in one store; of one person alone it is theirs. */
export const sharedHabits = (): SharedHabits => ({
  orders: orders(),
  counts: new Map(contexts.map((one) => [one, fadingCounts(keep.all)])),
  weights: new Map(),
});

interface Scored {
  readonly at: number;
  readonly names: readonly string[];
  /** By name, then by feature. */
  readonly features: readonly Float64Array[];
  readonly weights: readonly string[];
  readonly likely: readonly number[];
}

/**
 * Guesses what a person does next: each context (what was done before, where, after which pause) says how likely each name
 * is after it, the person's own and all people's, beside an interpolated Markov model; a softmax weighs them, with a weight
 * for each context and how much it has seen, moved by each thing that is done. What is older counts less.
 *
 * @source PAQ's logistic mixing, Mahoney 2005; online softmax regression
 */
export function nextCommand(shared: SharedHabits = sharedHabits()): NextCommand {
  const own = new Map(contexts.map((one) => [one, fadingCounts(keep.own)]));
  const ownOrders = orders();
  const names: string[] = [];
  const last = new Map<string, number>();
  const lately: Lately = { names, last };
  let before: Happening | undefined;
  let lineBefore = '^';
  let scored: Scored | undefined;

  const weightOf = (id: string) => shared.weights.get(id) ?? firstWeights[id.split(':')[0]!] ?? 0;

  function score(at: number): Scored {
    const keys = keysOf({ at, names, before, lineBefore });
    const tables = contexts.flatMap((context) =>
      (['own', 'all'] as const).flatMap((whose) => {
        const row = (whose === 'own' ? own : shared.counts).get(context)!.after(keys[context]);
        return row === undefined ? [] : [{ row, weight: `${whose}:${context}:${knowsOf(row)}` }];
      }),
    );
    const found = [...new Set(tables.flatMap(({ row }) => [...row.of.keys()]))];
    const weights = [...tables.map(({ weight }) => weight), ...commonFeatures];
    const values = weights.map(weightOf);
    const markov = interpolate(ownOrders, shared.orders, lately);
    const features = found.map((name) => {
      const one = new Float64Array(weights.length);
      for (const [nth, { row }] of tables.entries())
        one[nth] = Math.log(((row.of.get(name) ?? 0) + unseen) / (row.total + unseen * shares)) + 5;
      one.set(commonOf(name, lately, markov.get(name) ?? 0), tables.length);
      return one;
    });
    const scores = features.map((one) => one.reduce((sum, value, nth) => sum + value * values[nth]!, 0));
    return { at, names: found, features, weights, likely: softmax(scores) };
  }

  function weigh({ names: found, features, weights, likely }: Scored, name: string): void {
    const hit = found.indexOf(name);
    // What nobody has done before teaches nothing of the contexts.
    if (hit === -1) return;
    for (const [nth, id] of weights.entries()) {
      const expected = features.reduce((sum, one, at) => sum + likely[at]! * one[nth]!, 0);
      const pull = Math.max(-mostPull, Math.min(mostPull, features[hit]![nth]! - expected));
      shared.weights.set(id, weightOf(id) + step * pull);
    }
  }

  return {
    guess: (at, most) => {
      scored = score(at);
      const { likely, names: found } = scored;
      return found
        .map((name, nth) => ({ name, likely: likely[nth]! }))
        .sort((a, b) => b.likely - a.likely)
        .slice(0, most);
    },
    learn: (done) => {
      weigh(scored?.at === done.at ? scored : score(done.at), done.name);
      scored = undefined;
      const keys = keysOf({ at: done.at, names, before, lineBefore });
      for (const context of contexts)
        for (const table of [own, shared.counts]) table.get(context)!.add(keys[context], done.name);
      const byOrder = orderKeys(lately);
      for (const counts of [ownOrders, shared.orders])
        for (const [order, table] of counts.entries()) table.add(byOrder[order]!, done.name);
      names.push(done.name);
      last.set(done.name, names.length);
      lineBefore = before?.line ?? '^';
      before = done;
    },
  };
}

/** What every name has beside its contexts. */
const commonFeatures = ['lately', 'known', 'again', 'fading', 'markov', 'markovPlain'];

function commonOf(name: string, { names, last }: Lately, markov: number): number[] {
  const at = last.get(name);
  const ago = at === undefined ? undefined : names.length - at;
  return [
    ago === undefined ? 0 : 3 / (1 + ago),
    ago === undefined ? 0 : 1,
    ago === 0 ? 1 : 0,
    ago === undefined ? 0 : 3 * Math.exp(-ago / 15),
    Math.log(markov + 0.003) + 3,
    3 * markov,
  ];
}

/** How much a context has seen, in few words: a little knowledge has a weight of its own. */
const knowsOf = ({ seen }: Followers): number => [2, 4, 8, 20].filter((least) => seen >= least).length;

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - most));
  const sum = parts.reduce((all, part) => all + part, 0);
  return parts.map((part) => part / sum);
}
