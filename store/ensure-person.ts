import { eq } from 'drizzle-orm';
import { people } from '../schemas/db/people.ts';
import { newId } from '../schemas/ids.ts';
import { appendEvent } from './append-event.ts';
import { inTransaction, type Store } from './store.ts';

export interface Person {
  readonly id: string;
  readonly handle: string;
  readonly timezone: string;
}

/** Opens the keys of everyone who is known. Call once at start. */
export async function admitPeople(store: Store): Promise<void> {
  for (const row of await store.db.select().from(people)) store.keys.admit(row.id, row.wrappedKey, row.rootKeyId);
}

/** Finds a person by handle, or makes one with a key of their own. Two at once make one. */
export async function ensurePerson(store: Store, handle: string, timezone: string): Promise<Person> {
  const [known] = await store.db.select().from(people).where(eq(people.handle, handle));
  if (known !== undefined) {
    store.keys.admit(known.id, known.wrappedKey, known.rootKeyId);
    if (known.timezone !== timezone) await store.db.update(people).set({ timezone }).where(eq(people.id, known.id));
    return { id: known.id, handle, timezone };
  }
  const personId = newId('person', store.clock);
  const { wrapped, rootKeyId } = store.keys.newPersonKey(personId);
  await inTransaction(store, async (inside) => {
    const made = await inside.db
      .insert(people)
      .values({ id: personId, handle, timezone, wrappedKey: wrapped, rootKeyId, createdAt: store.clock.now() })
      .onConflictDoNothing()
      .returning({ id: people.id });
    if (made.length > 0)
      await appendEvent(inside, { aggregate: 'person', aggregateId: personId, type: 'person.added', personId });
  });
  return ensurePerson(store, handle, timezone);
}
