import { asc, eq, sql } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import type { DigestItem } from '../../schemas/digest.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import { openMail } from '../inbox/open-mail.ts';
import type { Store } from '../store.ts';

/** A mail of a digest, opened, with what only the ledger knows. */
export interface ClaimedMail {
  readonly inboxId: string;
  readonly personId: string;
  readonly wrappedKey: Buffer;
  readonly account: string;
  readonly seen: boolean;
  readonly receivedAt: string;
  readonly mail: ParsedMail;
}

const summaryPlace = (row: string, person: string) => ({ table: 'inbox', row, column: 'summary', person });

/**
 * Mails of one page that have no summary yet, oldest first. One whose ciphertext was changed or moved is left out; its
 * line says so in the end.
 *
 * @param size - rows of a page; each opened mail is held at once
 */
export async function unsummarised(store: Store, digestId: string, page: number, size: number): Promise<ClaimedMail[]> {
  const rows = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(eq(inbox.digestId, digestId))
    .orderBy(asc(inbox.receivedAt), asc(inbox.id))
    .offset(page * size)
    .limit(size);
  return rows
    .filter(({ row }) => row.summary === null)
    .flatMap(({ row, account }) => {
      const mail = unlessBroken(() => openMail(store.keys, row));
      if (mail === undefined) return [];
      const { id: inboxId, personId, wrappedKey, seen } = row;
      return [{ inboxId, personId, wrappedKey, account, seen, receivedAt: row.receivedAt.toISOString(), mail }];
    });
}

/** A mail and its line of the digest. */
export type Line = readonly [mail: Pick<ClaimedMail, 'personId' | 'wrappedKey'>, item: DigestItem];

/** Keeps lines, each sealed under its mail's own key, in one statement. May be repeated; the first stays. */
export async function keepLines(store: Store, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  const ids = lines.map(([, item]) => item.inboxId);
  const summaries = lines.map(([{ personId, wrappedKey }, item]) =>
    store.keys.unit(personId, wrappedKey).seal(summaryPlace(item.inboxId, personId), JSON.stringify(item)),
  );
  await store.db.execute(sql`
    update ${inbox} set summary = line.summary
    from unnest(${sql.param(ids)}::text[], ${sql.param(summaries)}::bytea[]) as line(id, summary)
    where ${inbox.id} = line.id and ${inbox.summary} is null`);
}

/** All lines of a digest, oldest first, one for each of its mails. Bodies are not opened. */
export async function itemsOf(store: Store, digestId: string): Promise<DigestItem[]> {
  const rows = await store.db
    .select({
      ...{ id: inbox.id, personId: inbox.personId, wrappedKey: inbox.wrappedKey, summary: inbox.summary },
      ...{ account: accounts.name, receivedAt: inbox.receivedAt },
    })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(eq(inbox.digestId, digestId))
    .orderBy(asc(inbox.receivedAt), asc(inbox.id));
  return rows.map(({ id, personId, wrappedKey, summary, account, receivedAt }) => {
    const opened = unlessBroken(() =>
      summary === null ? undefined : store.keys.unit(personId, wrappedKey).open(summaryPlace(id, personId), summary),
    );
    if (opened !== undefined) return JSON.parse(opened.toString()) as DigestItem;
    return unreadable(id, account, receivedAt);
  });
}

function unlessBroken<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof StewardError && error.code === 'sealBroken') return undefined;
    throw error;
  }
}

/** A mail that cannot be opened is told all the same: it was accepted, so it may not vanish. */
function unreadable(inboxId: string, account: string, receivedAt: Date): DigestItem {
  return {
    ...{ inboxId, account, receivedAt: receivedAt.toISOString(), from: 'Steward', fromAddress: '' },
    ...{ proven: false, seen: false, kind: 'person', attachments: 0, subject: `Mail ${inboxId} cannot be opened` },
    summary: { what: `Its stored copy was changed or moved; look for it in ${account}.`, ask: '', due: '' },
    source: { method: 'extractive' },
  };
}
