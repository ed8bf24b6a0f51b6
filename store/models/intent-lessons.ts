import { and, desc, eq, sql } from 'drizzle-orm';
import { intentLessons } from '../../schemas/db/intent-lessons.ts';
import { newId } from '../../schemas/ids.ts';
import type { Intent } from '../../schemas/model-intents.ts';
import type { StoreIn } from '../store.ts';

/** Something that was said, and what was meant by it. */
export interface KeptLesson {
  readonly id: string;
  readonly text: string;
  readonly intent: Intent;
}

/** So many are learned from, the newest: what a person means changes, and more take time at each start. */
const mostLessons = 500;

const sealPlace = (row: string, person: string) => ({ table: 'intent_lessons', row, column: 'content', person });

/** Keeps a lesson. @param id - the same id is the same lesson, however often it is kept @returns its id */
export async function keepLesson(
  { db, keys, clock }: StoreIn,
  personId: string,
  { text, intent }: Omit<KeptLesson, 'id'>,
  id = newId('intentLesson', clock),
): Promise<string> {
  const unit = keys.newUnit(personId);
  const content = unit.seal(sealPlace(id, personId), text);
  await db
    .insert(intentLessons)
    .values({ id, personId, intent, wrappedKey: unit.wrapped, content, createdAt: clock.now() })
    .onConflictDoNothing();
  return id;
}

/** Forgets one. @returns whether there was one */
export async function dropLesson({ db }: Pick<StoreIn, 'db'>, personId: string, id: string): Promise<boolean> {
  const own = and(eq(intentLessons.id, id), eq(intentLessons.personId, personId));
  return (await db.delete(intentLessons).where(own).returning({ id: intentLessons.id })).length > 0;
}

/** The lessons of a person, newest first; none that was changed or moved at rest. Reads only. */
export async function readLessons({ db, keys }: Pick<StoreIn, 'db' | 'keys'>, personId: string): Promise<KeptLesson[]> {
  const rows = await db
    .select()
    .from(intentLessons)
    .where(eq(intentLessons.personId, personId))
    .orderBy(desc(intentLessons.id))
    .limit(mostLessons);
  return rows.flatMap(({ id, intent, wrappedKey, content }) => {
    try {
      const text = keys.unit(personId, wrappedKey).open(sealPlace(id, personId), content).toString('utf8');
      return [{ id, intent: intent as Intent, text }];
    } catch {
      return [];
    }
  });
}

/** Another one whenever lessons came or went. Reads only. */
export async function lessonsVersion({ db }: Pick<StoreIn, 'db'>, personId: string): Promise<string> {
  const [row] = await db
    .select({ version: sql<string>`count(*) || ':' || coalesce(max(${intentLessons.id}), '')` })
    .from(intentLessons)
    .where(eq(intentLessons.personId, personId));
  return row!.version;
}
