import { and, eq, inArray } from 'drizzle-orm';
import { inbox } from '../../schemas/db/inbox.ts';
import type { StoreIn } from '../store.ts';
import { maildirPlace } from './maildir-place.ts';

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

/** Dedupe keys among those given that the ledger of this account holds. */
export async function knownKeys(
  store: StoreIn,
  account: { readonly accountId: string; readonly channel: string },
  keys: readonly string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const prints = new Map(keys.map((key) => [store.keys.fingerprint('dedupe', key), key]));
  const rows = await store.db
    .select({ print: inbox.dedupeHmac })
    .from(inbox)
    .where(
      and(
        eq(inbox.channel, account.channel),
        eq(inbox.accountId, account.accountId),
        inArray(inbox.dedupeHmac, [...prints.keys()]),
      ),
    );
  return new Set(rows.map((row) => prints.get(row.print)).filter((key) => key !== undefined));
}

/** Unique names among those given whose file the ledger holds. */
export async function knownMaildirNames(
  store: StoreIn,
  accountId: string,
  names: readonly string[],
): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const prints = new Map(names.map((name) => [maildirPlace(store.keys, name).uidValidity, name]));
  const rows = await store.db
    .select({ print: inbox.uidValidity })
    .from(inbox)
    .where(
      and(eq(inbox.accountId, accountId), eq(inbox.mailbox, 'maildir'), inArray(inbox.uidValidity, [...prints.keys()])),
    );
  return new Set(rows.map((row) => prints.get(row.print ?? '')).filter((name) => name !== undefined));
}
