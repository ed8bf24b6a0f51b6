import { and, desc, eq, max } from 'drizzle-orm';
import { memoryReviews, memoryVersions } from '../../schemas/db/memory-facts.ts';
import { StewardError } from '../../schemas/errors.ts';
import { newId } from '../../schemas/ids.ts';
import type { FactAct, FactWords } from '../../schemas/memory.ts';
import type { ReviewFound } from '../../schemas/memory-review.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { addWords, eraseFact, lockPerson } from './write-fact.ts';

export type ReviewRow = typeof memoryReviews.$inferSelect;

/** The newest of a person's versions, in the order of writing; 0 without any. Reads only. */
export async function newestSeq({ db }: Pick<StoreIn, 'db'>, personId: string): Promise<number> {
  const [row] = await db
    .select({ seq: max(memoryVersions.seq) })
    .from(memoryVersions)
    .where(eq(memoryVersions.personId, personId));
  return row?.seq ?? 0;
}

/** The review of a fire, once it is done. Reads only. */
export async function reviewOfFire({ db }: Pick<StoreIn, 'db'>, fireId: string): Promise<ReviewRow | undefined> {
  const [row] = await db.select().from(memoryReviews).where(eq(memoryReviews.fireId, fireId));
  return row;
}

/** Reviews of a person, newest first. Reads only. */
export async function listReviews({ db }: Pick<StoreIn, 'db'>, personId: string, most: number): Promise<ReviewRow[]> {
  return await db
    .select()
    .from(memoryReviews)
    .where(eq(memoryReviews.personId, personId))
    .orderBy(desc(memoryReviews.createdAt), desc(memoryReviews.id))
    .limit(most);
}

/** What a review writes. */
export interface ReviewWork {
  readonly personId: string;
  readonly fireId: string;
  /** The newest version that was looked at. */
  readonly upTo: number;
  readonly found: ReviewFound;
  /** Of each fact that is put aside. */
  readonly words: ReadonlyMap<string, FactWords & { readonly localOnly: boolean }>;
}

/**
 * Does what a review planned, all of it or nothing, in one transaction. A fire's review is done once.
 *
 * @returns undefined where somebody wrote since it was planned: then it is to be planned anew
 * @throws storeBusy
 */
export async function applyReview(
  store: Store,
  { personId, fireId, upTo, found, words }: ReviewWork,
): Promise<ReviewRow | undefined> {
  return await inTransaction(store, async (inside) => {
    await lockPerson(inside, personId);
    const done = await reviewOfFire(inside, fireId);
    if (done !== undefined) return done;
    if ((await newestSeq(inside, personId)) !== upTo) return undefined;
    const id = newId('memoryReview', inside.clock);
    const row = { id, personId, fireId, found, createdAt: inside.clock.now() };
    await inside.db.insert(memoryReviews).values(row);
    for (const { factId, into } of found.merged) {
      const { localOnly, ...said } = words.get(factId)!;
      await addWords(inside, actOf(id, personId, factId, localOnly), factId, 'merged', { ...said, into });
    }
    for (const { factId } of found.archived) {
      const { localOnly, ...said } = words.get(factId)!;
      await addWords(inside, actOf(id, personId, factId, localOnly), factId, 'archived', said);
    }
    for (const factId of found.erased) await eraseFact(inside, actOf(id, personId, factId, false), factId);
    return { ...row, undoneAt: null };
  });
}

/** What a review writes is the review's, once for each fact. */
const actOf = (reviewId: string, personId: string, factId: string, localOnly: boolean): FactAct => ({
  ...{ personId, actId: reviewActOf(reviewId, factId), origin: 'system', source: { channel: 'review' }, localOnly },
});

/** The act by which a review put a fact aside. Pure. */
export const reviewActOf = (reviewId: string, factId: string): string => `${reviewId}:${factId}`;

/**
 * Marks a review as undone. May be repeated.
 *
 * @returns it, as it was
 * @throws notFound
 */
export async function markUndone(store: Store, personId: string, reviewId: string): Promise<ReviewRow> {
  const own = and(eq(memoryReviews.id, reviewId), eq(memoryReviews.personId, personId));
  const [row] = await store.db.select().from(memoryReviews).where(own);
  if (row === undefined) throw new StewardError('notFound', `There is no review ${reviewId}`);
  await store.db.update(memoryReviews).set({ undoneAt: store.clock.now() }).where(own);
  return row;
}
