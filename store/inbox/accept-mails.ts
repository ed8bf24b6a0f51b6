import { inArray } from 'drizzle-orm';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { events } from '../../schemas/db/records.ts';
import { newId } from '../../schemas/ids.ts';
import type { IncomingMail } from '../../schemas/message.ts';
import { type CursorMove, moveCursor, type SessionRight } from '../accounts/cursor.ts';
import { holdFence } from '../accounts/take-fence.ts';
import { acceptOne } from '../conversations/accept-messages.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { maildirPlace } from './maildir-place.ts';
import { settleOwnMail } from './settle-own-mail.ts';

export interface AcceptedMails {
  /** Rows that are new, in the order of the mails. */
  readonly inboxIds: readonly string[];
  /** Rows of what was said to Steward, also where the ledger held them. */
  readonly turnIds: readonly string[];
  /** Mails that the ledger already held. */
  readonly known: number;
  /** Steward's own mails that came back; not taken in. */
  readonly own: number;
}

/** Larger sizes than a column can say are said as the largest. */
const largestInteger = 2_147_483_647;

/**
 * Takes mails in: rows, events and the move of the cursor are one transaction. May be repeated: a mail that the ledger
 * holds is not taken in again, whatever place it was read from.
 *
 * @param session.channel - kind of channel, `mail` or `maildir`.
 * @param mails - at most some dozens, so that a transaction stays small.
 * @throws sessionSuperseded when a newer session serves the account
 */
export async function acceptMails(
  store: Store,
  session: SessionRight & { readonly channel: string },
  mails: readonly IncomingMail[],
  cursor?: CursorMove,
): Promise<AcceptedMails> {
  return inTransaction(store, async (inside) => {
    await holdFence(inside, session.accountId, session.fence);
    const own = await ownMessageIds(inside, mails);
    const foreign = mails.filter((mail) => !own.has(fingerprintOf(inside, mail) ?? ''));
    const turnIds = await takeTurns(inside, session, foreign);
    const letters = foreign.filter(({ said }) => said === undefined);
    const rows = letters.map((mail) => rowOf(inside, session, mail));
    const made =
      rows.length === 0
        ? []
        : await inside.db
            .insert(inbox)
            .values(rows)
            .onConflictDoNothing({ target: [inbox.channel, inbox.accountId, inbox.dedupeHmac] })
            .returning({ id: inbox.id });
    const ids = new Set(made.map((row) => row.id));
    const inboxIds = rows.map((row) => row.id).filter((id) => ids.has(id));
    if (inboxIds.length > 0)
      await inside.db.insert(events).values(inboxIds.map((id) => acceptedEvent(inside, session, id)));
    for (const outboxId of new Set(own.values())) await settleOwnMail(inside, outboxId, 'inbox');
    if (cursor !== undefined) await moveCursor(inside, session.accountId, cursor);
    return { inboxIds, turnIds, known: rows.length - inboxIds.length, own: mails.length - foreign.length };
  });
}

async function takeTurns(
  inside: StoreIn,
  session: SessionRight & { readonly channel: string },
  mails: readonly IncomingMail[],
): Promise<string[]> {
  const ids: string[] = [];
  for (const { said, place } of mails) {
    if (said === undefined) continue;
    const where = 'path' in place ? maildirPlace(inside.keys, place.path) : place;
    ids.push((await acceptOne(inside, session, said, where)).inboxId);
  }
  return ids;
}

function rowOf(inside: StoreIn, session: SessionRight & { readonly channel: string }, mail: IncomingMail) {
  const id = newId('inbox', inside.clock);
  const unit = inside.keys.newUnit(session.personId);
  const place = 'path' in mail.place ? maildirPlace(inside.keys, mail.place.path) : mail.place;
  const at = { table: 'inbox', row: id, column: 'content', person: session.personId };
  return {
    id,
    personId: session.personId,
    accountId: session.accountId,
    channel: session.channel,
    dedupeHmac: inside.keys.fingerprint('dedupe', mail.dedupeKey),
    messageIdHmac: fingerprintOf(inside, mail) ?? null,
    ...place,
    seen: mail.seen,
    sizeBytes: Math.min(mail.sizeBytes, largestInteger),
    wrappedKey: unit.wrapped,
    content: unit.seal(at, JSON.stringify(mail.mail)),
    receivedAt: new Date(mail.receivedAt),
    acceptedAt: inside.clock.now(),
  };
}

/** What `appendEvent` writes for one, for a whole batch in one statement. */
function acceptedEvent(inside: StoreIn, { personId }: SessionRight, aggregateId: string): typeof events.$inferInsert {
  return { at: inside.clock.now(), personId, aggregate: 'inbox', aggregateId, type: 'inbox.accepted' };
}

function fingerprintOf(inside: StoreIn, { mail }: IncomingMail): string | undefined {
  return mail.messageId === undefined ? undefined : inside.keys.fingerprint('message-id', mail.messageId);
}

/** Message-ID fingerprint to outbox row, of those mails that Steward itself has sent or tried to. */
async function ownMessageIds(inside: StoreIn, mails: readonly IncomingMail[]): Promise<Map<string, string>> {
  const prints = mails.map((mail) => fingerprintOf(inside, mail)).filter((print) => print !== undefined);
  if (prints.length === 0) return new Map();
  const rows = await inside.db
    .select({ id: outbox.id, print: outbox.messageIdHmac })
    .from(outbox)
    .where(inArray(outbox.messageIdHmac, prints));
  return new Map(rows.map((row) => [row.print, row.id]));
}
