import { and, eq } from 'drizzle-orm';
import { cursors } from '../../schemas/db/accounts.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { holdFence } from './take-fence.ts';

export type Cursor = typeof cursors.$inferSelect;

/** Where a cursor goes, in the transaction that inserts what was read. */
export interface CursorMove {
  readonly mailbox: string;
  readonly uidValidity: string;
  readonly lastUid: number;
  readonly highestModseq?: string | undefined;
}

/** Which session acts, and with what right. */
export interface SessionRight {
  readonly accountId: string;
  readonly personId: string;
  readonly fence: number;
}

/** How far a mailbox has been read, or undefined at first sight. */
export async function readCursor(store: StoreIn, accountId: string, mailbox: string): Promise<Cursor | undefined> {
  const [found] = await store.db
    .select()
    .from(cursors)
    .where(and(eq(cursors.accountId, accountId), eq(cursors.mailbox, mailbox)));
  return found;
}

/**
 * Begins a mailbox at first sight. When two begin it, the first one's stands.
 *
 * @param start.horizon - mail received before it was there before Steward.
 * @param start.olderCount - unread mail that is not taken in; a digest says so once.
 * @throws sessionSuperseded
 */
export async function beginCursor(
  store: Store,
  session: SessionRight,
  start: CursorMove & { readonly horizon: Date; readonly olderCount: number },
): Promise<Cursor> {
  return inTransaction(store, async (inside) => {
    await holdFence(inside, session.accountId, session.fence);
    const row = { ...start, highestModseq: start.highestModseq ?? null };
    const [begun] = await inside.db
      .insert(cursors)
      .values({ accountId: session.accountId, ...row, updatedAt: store.clock.now() })
      .onConflictDoNothing()
      .returning();
    if (begun !== undefined) {
      const { accountId, personId } = session;
      const data = { older: start.olderCount };
      await appendEvent(inside, {
        aggregate: 'account',
        aggregateId: accountId,
        type: 'mailbox.begun',
        personId,
        data,
      });
      return begun;
    }
    const known = await readCursor(inside, session.accountId, start.mailbox);
    if (known === undefined) throw new TypeError('A cursor vanished while it was begun');
    return known;
  });
}

/** Moves a cursor, inside the caller's transaction, after `holdFence`. */
export async function moveCursor(inside: StoreIn, accountId: string, move: CursorMove): Promise<void> {
  const { mailbox, highestModseq, ...to } = move;
  await inside.db
    .update(cursors)
    .set({ ...to, ...(highestModseq === undefined ? {} : { highestModseq }), updatedAt: inside.clock.now() })
    .where(and(eq(cursors.accountId, accountId), eq(cursors.mailbox, mailbox)));
}

/** How far an archive of messages has been read, in the channel's own word; undefined at first sight. */
export async function readToken(store: StoreIn, accountId: string, place: string): Promise<string | undefined> {
  return (await readCursor(store, accountId, archiveOf(store, place)))?.token ?? undefined;
}

/** Moves such a cursor, inside the caller's transaction, after `holdFence`. */
export async function moveToken(inside: StoreIn, accountId: string, place: string, token: string): Promise<void> {
  const now = inside.clock.now();
  await inside.db
    .insert(cursors)
    .values({
      ...{ accountId, mailbox: archiveOf(inside, place), uidValidity: '', lastUid: 0, token, updatedAt: now },
      // Nothing older is ever counted, so no digest speaks of it.
      ...{ horizon: now, olderReported: true },
    })
    .onConflictDoUpdate({ target: [cursors.accountId, cursors.mailbox], set: { token, updatedAt: now } });
}

/** A room's address is personal, and this column is not sealed. */
const archiveOf = ({ keys }: Pick<StoreIn, 'keys'>, place: string) => `archive:${keys.fingerprint('archive', place)}`;
