import { eq } from 'drizzle-orm';
import { absences, presence } from '../../schemas/db/records.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

/** A longer silence is an absence: the sweeper gives a sign of life each minute. */
export const silenceMs = 180_000;
const theRow = 1;

/**
 * Notes that a Steward is at work, and the time since the last sign of life as an absence where that is long. May be
 * repeated; of several at once one notes it. A clock that jumped back makes none.
 *
 * @returns the absence that this call noted
 */
export async function notePresence(store: Store): Promise<{ readonly from: Date; readonly to: Date } | undefined> {
  return await inTransaction(store, async (inside) => {
    const first = await inside.db
      .insert(presence)
      .values({ id: theRow, seenAt: inside.clock.now() })
      .onConflictDoNothing()
      .returning();
    if (first.length > 0) return undefined;
    const [row] = await inside.db.select().from(presence).where(eq(presence.id, theRow)).for('update');
    // Only now: whoever held the row before has been at work until then.
    const to = inside.clock.now();
    const from = row?.seenAt ?? to;
    await inside.db.update(presence).set({ seenAt: to }).where(eq(presence.id, theRow));
    if (to.getTime() - from.getTime() <= silenceMs) return undefined;
    const made = await inside.db.insert(absences).values({ from, to }).onConflictDoNothing().returning();
    if (made.length === 0) return undefined;
    const data = { from: from.toISOString(), to: to.toISOString() };
    await appendEvent(inside, { aggregate: 'health', aggregateId: 'presence', type: 'presence.absent', data });
    return { from, to };
  });
}

/** Says that work which began with a sign of life has gone on until now, however long it took. */
export async function touchPresence({ db, clock }: Store): Promise<void> {
  await db.update(presence).set({ seenAt: clock.now() }).where(eq(presence.id, theRow));
}
