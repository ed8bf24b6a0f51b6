import { and, desc, eq, gt, inArray, isNull } from 'drizzle-orm';
import { memoryFacts, memoryReviews } from '../../schemas/db/memory-facts.ts';
import { factCode } from '../../schemas/memory.ts';
import type { Report, Waiting } from '../../schemas/report.ts';
import type { Store } from '../store.ts';

/** Pairs of facts that a report lists; the others come once these are settled. */
const mostPairs = 5;

/** What nightly reviews changed since the report before, and which facts wait for a word. Codes only. Reads only. */
export async function gatherMemory(
  { db }: Pick<Store, 'db'>,
  { personId, since }: { readonly personId: string; readonly since: Date },
): Promise<{ readonly memory?: Report['memory']; readonly waiting: readonly Waiting[] }> {
  const own = and(eq(memoryReviews.personId, personId), isNull(memoryReviews.undoneAt));
  const newest = desc(memoryReviews.createdAt);
  const [last] = await db.select().from(memoryReviews).where(own).orderBy(newest).limit(1);
  if (last === undefined) return { waiting: [] };
  const recent = await db
    .select()
    .from(memoryReviews)
    .where(and(own, gt(memoryReviews.createdAt, since)))
    .orderBy(newest);
  const sum = (of: 'merged' | 'archived' | 'erased') => recent.reduce((all, { found }) => all + found[of].length, 0);
  const counts = { merged: sum('merged'), archived: sum('archived'), erased: sum('erased') };
  const waiting = await waitingPairs(db, last.found.against, last.createdAt);
  if (recent.length === 0) return { waiting };
  return { memory: { review: last.id, facts: last.found.facts, ...counts }, waiting };
}

async function waitingPairs(
  db: Store['db'],
  against: readonly { readonly factId: string; readonly other: string }[],
  at: Date,
): Promise<Waiting[]> {
  if (against.length === 0) return [];
  const ids = against.flatMap(({ factId, other }) => [factId, other]);
  const there = await db
    .select({ id: memoryFacts.id })
    .from(memoryFacts)
    .where(and(inArray(memoryFacts.id, ids), isNull(memoryFacts.forgottenAt)));
  const known = new Set(there.map(({ id }) => id));
  return against
    .filter(({ factId, other }) => known.has(factId) && known.has(other))
    .slice(0, mostPairs)
    .map(({ factId, other }) => ({
      ...{ kind: 'fact', what: `fact ${factCode(factId)}`, since: at.toISOString() },
      why: `says something else than ${factCode(other)}`,
      remedy: `/why shows what each says; /correct or /forget the one that is wrong`,
    }));
}
