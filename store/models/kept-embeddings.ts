import { and, eq, inArray } from 'drizzle-orm';
import { keptEmbeddings } from '../../schemas/db/kept-embeddings.ts';
import type { StoreIn } from '../store.ts';

const sealPlace = (personId: string, print: string) => ({
  ...{ table: 'kept_embeddings', row: print, column: 'content', person: personId },
});

/** The vectors that are known, by print; none that was changed or moved at rest. Reads only. */
export async function readEmbeddings(
  { db, keys }: Pick<StoreIn, 'db' | 'keys'>,
  personId: string,
  prints: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  if (prints.length === 0) return new Map();
  const own = and(inArray(keptEmbeddings.print, [...prints]), eq(keptEmbeddings.personId, personId));
  const rows = await db.select().from(keptEmbeddings).where(own);
  return new Map(
    rows.flatMap(({ print, wrappedKey, content }) => {
      try {
        const bytes = keys.unit(personId, wrappedKey).open(sealPlace(personId, print), content);
        return [[print, floatsOf(bytes)] as const];
      } catch {
        return [];
      }
    }),
  );
}

/** Keeps vectors by print. The newest stays: one is made anew only where the one before could not be read or used. */
export async function keepEmbeddings(
  { db, keys }: Pick<StoreIn, 'db' | 'keys'>,
  personId: string,
  vectors: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  for (const [print, vector] of vectors) {
    const unit = keys.newUnit(personId);
    const set = { wrappedKey: unit.wrapped, content: unit.seal(sealPlace(personId, print), bytesOf(vector)) };
    await db
      .insert(keptEmbeddings)
      .values({ print, personId, ...set })
      .onConflictDoUpdate({ target: keptEmbeddings.print, set });
  }
}

function bytesOf(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

function floatsOf(bytes: Buffer): Float32Array {
  const vector = new Float32Array(bytes.length / 4);
  for (let at = 0; at < vector.length; at += 1) vector[at] = bytes.readFloatLE(at * 4);
  return vector;
}
