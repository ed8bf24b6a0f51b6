import { and, asc, eq, isNull } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import type { DigestItem } from '../../schemas/digest.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import type { Store } from '../store.ts';

/** A mail of a digest, opened, with what only the ledger knows. */
export interface ClaimedMail {
  readonly inboxId: string;
  readonly account: string;
  readonly seen: boolean;
  readonly receivedAt: string;
  readonly mail: ParsedMail;
}

const contentPlace = (row: string, person: string) => ({ table: 'inbox', row, column: 'content', person });
const summaryPlace = (row: string, person: string) => ({ table: 'inbox', row, column: 'summary', person });

/** Mails of one page that have no summary yet, oldest first. */
export async function unsummarised(store: Store, digestId: string, page: number, size: number): Promise<ClaimedMail[]> {
  const ids = await store.db
    .select({ id: inbox.id })
    .from(inbox)
    .where(eq(inbox.digestId, digestId))
    .orderBy(asc(inbox.id))
    .offset(page * size)
    .limit(size);
  const mails: ClaimedMail[] = [];
  for (const { id } of ids) {
    const [row] = await store.db
      .select({ row: inbox, account: accounts.name })
      .from(inbox)
      .innerJoin(accounts, eq(accounts.id, inbox.accountId))
      .where(and(eq(inbox.id, id), isNull(inbox.summary)));
    if (row === undefined) continue;
    const { personId, wrappedKey, content, seen, receivedAt } = row.row;
    const opened = store.keys.unit(personId, wrappedKey).open(contentPlace(id, personId), content);
    const mail = JSON.parse(opened.toString()) as ParsedMail;
    mails.push({ inboxId: id, account: row.account, seen, receivedAt: receivedAt.toISOString(), mail });
  }
  return mails;
}

/** Keeps one mail's line of the digest, sealed under the mail's own key. May be repeated; the first stays. */
export async function keepItem(store: Store, item: DigestItem): Promise<void> {
  const [row] = await store.db
    .select({ personId: inbox.personId, wrappedKey: inbox.wrappedKey })
    .from(inbox)
    .where(eq(inbox.id, item.inboxId));
  if (row === undefined) return;
  const unit = store.keys.unit(row.personId, row.wrappedKey);
  const summary = unit.seal(summaryPlace(item.inboxId, row.personId), JSON.stringify(item));
  await store.db
    .update(inbox)
    .set({ summary })
    .where(and(eq(inbox.id, item.inboxId), isNull(inbox.summary)));
}

/** All lines of a digest, oldest first. Bodies are not opened. */
export async function itemsOf(store: Store, digestId: string): Promise<DigestItem[]> {
  const rows = await store.db
    .select({ id: inbox.id, personId: inbox.personId, wrappedKey: inbox.wrappedKey, summary: inbox.summary })
    .from(inbox)
    .where(eq(inbox.digestId, digestId))
    .orderBy(asc(inbox.id));
  return rows.flatMap(({ id, personId, wrappedKey, summary }) =>
    summary === null
      ? []
      : [
          JSON.parse(
            store.keys.unit(personId, wrappedKey).open(summaryPlace(id, personId), summary).toString(),
          ) as DigestItem,
        ],
  );
}
