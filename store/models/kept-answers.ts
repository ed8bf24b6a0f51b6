import { and, eq, gt, lte } from 'drizzle-orm';
import { keptAnswers } from '../../schemas/db/kept-answers.ts';
import type { StoreIn } from '../store.ts';

/** Whose an answer is, and what it depends on. */
export interface AnswerPlace {
  readonly personId: string;
  /** Keyed: the question is not to be guessed from it. */
  readonly print: string;
}

const sealPlace = ({ personId, print }: AnswerPlace) => ({
  ...{ table: 'kept_answers', row: print, column: 'content', person: personId },
});

/** What was answered before; nothing that has ended, or whose ciphertext was changed or moved. Reads only. */
export async function readAnswer(
  { db, keys, clock }: StoreIn,
  { personId, print }: AnswerPlace,
): Promise<string | undefined> {
  const own = and(eq(keptAnswers.print, print), eq(keptAnswers.personId, personId));
  const [row] = await db
    .select()
    .from(keptAnswers)
    .where(and(own, gt(keptAnswers.endsAt, clock.now())));
  if (row === undefined) return undefined;
  try {
    return keys.unit(personId, row.wrappedKey).open(sealPlace({ personId, print }), row.content).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Keeps an answer for so many milliseconds, and lets go of those that have ended. The newest stays. */
export async function keepAnswerFor(
  { db, keys, clock }: StoreIn,
  place: AnswerPlace,
  answer: string,
  forMs: number,
): Promise<void> {
  const unit = keys.newUnit(place.personId);
  const now = clock.now();
  const set = {
    ...{ wrappedKey: unit.wrapped, content: unit.seal(sealPlace(place), answer) },
    endsAt: new Date(now.getTime() + forMs),
  };
  await db.delete(keptAnswers).where(lte(keptAnswers.endsAt, now));
  await db
    .insert(keptAnswers)
    .values({ ...place, ...set })
    .onConflictDoUpdate({ target: keptAnswers.print, set });
}
