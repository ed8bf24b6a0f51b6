import { eq } from 'drizzle-orm';
import { memoryFacts, memoryVersions } from '../../schemas/db/memory-facts.ts';
import { newId } from '../../schemas/ids.ts';
import type { ExportedFact, ImportedFacts } from '../../schemas/memory-export.ts';
import { inTransaction, type Store } from '../store.ts';
import { contentPlace, lockPerson } from './write-fact.ts';

/**
 * Takes in a fact with all its versions, as they were recorded elsewhere, under a key of its own here. One that is there
 * stays as it is, and one that was forgotten here stays forgotten. May be repeated.
 */
export async function importFact(
  store: Store,
  personId: string,
  { id, versions }: ExportedFact,
): Promise<keyof ImportedFacts> {
  return await inTransaction(store, async (inside) => {
    const { clock, db, keys } = inside;
    await lockPerson(inside, personId);
    const [known] = await db
      .select({ forgottenAt: memoryFacts.forgottenAt })
      .from(memoryFacts)
      .where(eq(memoryFacts.id, id));
    if (known !== undefined) return known.forgottenAt === null ? 'known' : 'forgotten';
    const unit = keys.newUnit(personId);
    const createdAt = new Date(versions[0]!.recordedAt);
    await db.insert(memoryFacts).values({ id, personId, wrappedKey: unit.wrapped, createdAt });
    for (const [at, { change, origin, channel, localOnly, recordedAt, ...said }] of versions.entries()) {
      const version = at + 1;
      await db.insert(memoryVersions).values({
        ...{ id: newId('factVersion', clock), factId: id, personId, version, change, origin, channel, localOnly },
        content: unit.seal(contentPlace(id, version, personId), JSON.stringify(said)),
        ...{ actId: `import:${id}:${version}`, recordedAt: new Date(recordedAt) },
      });
    }
    return 'added';
  });
}
