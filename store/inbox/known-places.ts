import { and, eq, inArray } from 'drizzle-orm';
import { inbox } from '../../schemas/db/inbox.ts';
import type { StoreIn } from '../store.ts';

/** UIDs among those given whose mail the ledger holds from this very place. */
export async function knownUids(
  store: StoreIn,
  place: { readonly accountId: string; readonly mailbox: string; readonly uidValidity: string },
  uids: readonly number[],
): Promise<Set<number>> {
  if (uids.length === 0) return new Set();
  const rows = await store.db
    .select({ uid: inbox.uid })
    .from(inbox)
    .where(
      and(
        eq(inbox.accountId, place.accountId),
        eq(inbox.mailbox, place.mailbox),
        eq(inbox.uidValidity, place.uidValidity),
        inArray(inbox.uid, [...uids]),
      ),
    );
  return new Set(rows.map((row) => row.uid).filter((uid) => uid !== null));
}
