import { and, asc, eq, gt } from 'drizzle-orm';
import { memoryFacts, memoryVersions } from '../../schemas/db/memory-facts.ts';
import type { FactVersion, FactWords } from '../../schemas/memory.ts';
import type { StoreIn } from '../store.ts';
import { contentPlace } from './write-fact.ts';

/** A version, and its place in the order of writing. */
export interface ReadVersion extends FactVersion {
  readonly seq: number;
}

/**
 * Versions of a person's facts in the order of writing, opened. Those of a fact that is forgotten have no words, and one
 * that was changed or moved at rest has none: what stood before it is not believed in its place. Reads only.
 *
 * @param after - only what was written after this one
 */
export async function readVersions(
  { db, keys }: Pick<StoreIn, 'db' | 'keys'>,
  personId: string,
  after: number,
): Promise<ReadVersion[]> {
  const rows = await db
    .select({ version: memoryVersions, wrappedKey: memoryFacts.wrappedKey })
    .from(memoryVersions)
    .innerJoin(memoryFacts, eq(memoryFacts.id, memoryVersions.factId))
    .where(and(eq(memoryVersions.personId, personId), gt(memoryVersions.seq, after)))
    .orderBy(asc(memoryVersions.seq));
  return rows.map(({ version: row, wrappedKey }) => {
    const { seq, factId, version, change, content, origin, channel, inboxId, localOnly, recordedAt } = row;
    const source = { channel, ...(inboxId === null ? {} : { inboxId }) };
    const read = { seq, factId, version, change, origin, source, localOnly, recordedAt };
    if (content === null || wrappedKey === null) return read;
    try {
      const place = contentPlace(factId, version, personId);
      const opened = keys.unit(personId, wrappedKey).open(place, content).toString('utf8');
      return { ...read, ...(JSON.parse(opened) as FactWords) };
    } catch {
      return read;
    }
  });
}
