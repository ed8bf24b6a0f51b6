import { type Fact, type FactVersion, type FactWords, wordsOf } from '../../../schemas/memory.ts';
import type { ReviewFound, WeightSettings } from '../../../schemas/memory-review.ts';
import { applyReview, newestSeq, type ReviewRow, reviewOfFire } from '../../../store/memory/apply-review.ts';
import { readUses } from '../../../store/memory/note-uses.ts';
import { readVersions } from '../../../store/memory/read-facts.ts';
import type { Store } from '../../../store/store.ts';
import { believed, hasWords, liesAside } from '../working-set.ts';
import { planReview } from './plan-review.ts';

/** Planned so often anew where somebody writes meanwhile. */
const mostTries = 5;

interface ReviewDeps {
  readonly store: Store;
  readonly zone: () => string;
  readonly settings: () => WeightSettings;
}

/**
 * Reviews a person's memory for a fire: reads it, plans, and does what was planned in one transaction. May be repeated: a
 * fire's review is done once, and what dies before its transaction leaves memory as it was.
 *
 * @throws storeBusy
 */
export async function runReview(
  { store, zone, settings }: ReviewDeps,
  { personId, fireId }: { readonly personId: string; readonly fireId: string },
): Promise<ReviewRow> {
  for (let tried = 0; ; tried += 1) {
    const done = await reviewOfFire(store, fireId);
    if (done !== undefined) return done;
    const upTo = await newestSeq(store, personId);
    const versions = versionsOf(await readVersions(store, personId, 0));
    const facts = believed(versions);
    const aside = [...versions.values()].flatMap((all) => {
      const last = all.at(-1)!;
      return liesAside(last) && hasWords(last) ? [last] : [];
    });
    const found = planReview({
      ...{ facts: [...facts.values()], aside, uses: await readUses(store, personId, new Date(0)) },
      ...{ now: store.clock.now().getTime(), zone: zone(), settings: settings() },
    });
    const review = await applyReview(store, { personId, fireId, upTo, found, words: wordsOfAside(facts, found) });
    if (review !== undefined) return review;
    if (tried >= mostTries) throw new Error('Memory was written to all the while it was reviewed');
  }
}

function versionsOf(all: readonly FactVersion[]): ReadonlyMap<string, FactVersion[]> {
  const byFact = new Map<string, FactVersion[]>();
  for (const version of all) byFact.set(version.factId, [...(byFact.get(version.factId) ?? []), version]);
  return byFact;
}

function wordsOfAside(facts: ReadonlyMap<string, Fact>, { merged, archived }: ReviewFound) {
  return new Map(
    [...merged, ...archived].map(({ factId }): [string, FactWords & { localOnly: boolean }] => {
      const fact = facts.get(factId)!;
      return [factId, { ...wordsOf(fact), localOnly: fact.localOnly }];
    }),
  );
}
