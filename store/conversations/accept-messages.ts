import { and, eq } from 'drizzle-orm';
import type { IncomingMessage, TakenBack } from '../../schemas/chat-message.ts';
import { conversations } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { newId } from '../../schemas/ids.ts';
import { moveToken, type SessionRight } from '../accounts/cursor.ts';
import { holdFence } from '../accounts/take-fence.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { ensureThread, type ThreadRow } from './ensure-thread.ts';
import { sealMessage } from './seal-message.ts';
import { takeBack } from './take-back.ts';

/** Who takes a message in. Without a fence it is the API, which holds no connection. */
export type MessageRight = Omit<SessionRight, 'fence'> & { readonly channel: string; readonly fence?: number };

export interface TakenMessage {
  readonly inboxId: string;
  readonly conversationId: string;
  readonly turn: number;
  /** False where the ledger held it already. */
  readonly fresh: boolean;
}

/**
 * Takes messages in as turns of their conversations: rows, events and the move of the cursor are one transaction. May be
 * repeated: a message that the ledger holds is not taken in again.
 *
 * @param back - what was taken back since, of these messages or of any before
 * @returns one entry a message, in their order; then one for each turn that was taken back
 * @throws sessionSuperseded when a newer session serves the account
 */
export async function acceptMessages(
  store: Store,
  right: MessageRight,
  messages: readonly IncomingMessage[],
  move?: { readonly place: string; readonly token: string },
  back: readonly TakenBack[] = [],
): Promise<TakenMessage[]> {
  return await inTransaction(store, async (inside) => {
    if (right.fence !== undefined) await holdFence(inside, right.accountId, right.fence);
    const taken: TakenMessage[] = [];
    for (const message of messages) taken.push(await acceptOne(inside, right, message));
    for (const one of back) {
      for (const turn of await takeBack(inside, right, one)) taken.push({ ...turn, fresh: false });
    }
    if (move !== undefined) await moveToken(inside, right.accountId, move.place, move.token);
    return taken;
  });
}

/**
 * Takes one message in, inside the caller's transaction.
 *
 * @param place - where a mail was read, so that its UID needs no second look
 */
export async function acceptOne(
  inside: StoreIn,
  right: MessageRight,
  message: IncomingMessage,
  place: { mailbox?: string; uidValidity?: string; uid?: number | null } = {},
): Promise<TakenMessage> {
  const { personId, accountId, channel } = right;
  const thread = await ensureThread(inside, right, message.thread);
  // Whoever holds this row gives out the next turn, and writes the next event of the conversation.
  const [conversation] = await inside.db
    .select({ turns: conversations.turns })
    .from(conversations)
    .where(eq(conversations.id, thread.conversationId))
    .for('no key update');
  const dedupeHmac = inside.keys.fingerprint('dedupe', message.dedupeKey);
  const [known] = await inside.db
    .select({ inboxId: inbox.id, conversationId: inbox.conversationId, turn: inbox.turn })
    .from(inbox)
    .where(and(eq(inbox.channel, channel), eq(inbox.accountId, accountId), eq(inbox.dedupeHmac, dedupeHmac)));
  if (known !== undefined) {
    return { inboxId: known.inboxId, conversationId: known.conversationId!, turn: known.turn!, fresh: false };
  }
  const turn = (conversation?.turns ?? 0) + 1;
  const now = inside.clock.now();
  const row = rowOf(inside, right, message, thread);
  await inside.db.insert(inbox).values({ ...row, ...place, dedupeHmac, turn, acceptedAt: now });
  await inside.db
    .update(conversations)
    .set({ turns: turn, lastAt: now })
    .where(eq(conversations.id, thread.conversationId));
  const data = { conversation: thread.conversationId, turn };
  await appendEvent(inside, { aggregate: 'inbox', aggregateId: row.id, type: 'inbox.accepted', personId, data });
  return { inboxId: row.id, conversationId: thread.conversationId, turn, fresh: true };
}

function rowOf(inside: StoreIn, right: MessageRight, message: IncomingMessage, thread: ThreadRow) {
  const { personId, accountId, channel } = right;
  const id = newId('inbox', inside.clock);
  return {
    ...{ id, personId, accountId, channel, conversationId: thread.conversationId, threadId: thread.id },
    seen: true,
    sizeBytes: Buffer.byteLength(message.text),
    ...sealMessage(inside, { id, personId }, message),
    receivedAt: new Date(message.at),
  };
}
