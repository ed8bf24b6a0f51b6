import { and, eq, gte, inArray } from 'drizzle-orm';
import { memoryUses } from '../../schemas/db/memory-facts.ts';
import type { FactUse } from '../../schemas/memory-review.ts';
import type { StoreIn } from '../store.ts';

/** Notes that facts were of use to a question. Of the question a fingerprint is kept. May be repeated within the hour. */
export async function noteUses(
  { db, keys, clock }: StoreIn,
  personId: string,
  kind: 'recalled' | 'named',
  question: string,
  factIds: readonly string[],
): Promise<void> {
  if (factIds.length === 0) return;
  const askedHmac = keys.fingerprint('question', question.trim().toLowerCase());
  const usedAt = clock.now();
  const hour = Math.floor(usedAt.getTime() / 3_600_000);
  await db
    .insert(memoryUses)
    .values(factIds.map((factId) => ({ personId, factId, kind, askedHmac, hour, usedAt })))
    .onConflictDoNothing();
}

/** Uses of a person's facts since an instant. Reads only. */
export async function readUses({ db }: Pick<StoreIn, 'db'>, personId: string, since: Date): Promise<FactUse[]> {
  const rows = await db
    .select({ factId: memoryUses.factId, usedAt: memoryUses.usedAt, asked: memoryUses.askedHmac })
    .from(memoryUses)
    .where(and(eq(memoryUses.personId, personId), gte(memoryUses.usedAt, since)));
  return rows.map(({ factId, usedAt, asked }) => ({ factId, at: usedAt.getTime(), asked }));
}

/** Uses of some facts, by fact. Reads only. */
export async function readUsesOf(
  { db }: Pick<StoreIn, 'db'>,
  factIds: readonly string[],
): Promise<ReadonlyMap<string, FactUse[]>> {
  if (factIds.length === 0) return new Map();
  const rows = await db
    .select({ factId: memoryUses.factId, usedAt: memoryUses.usedAt, asked: memoryUses.askedHmac })
    .from(memoryUses)
    .where(inArray(memoryUses.factId, [...factIds]));
  return Map.groupBy(
    rows.map(({ factId, usedAt, asked }) => ({ factId, at: usedAt.getTime(), asked })),
    ({ factId }) => factId,
  );
}
