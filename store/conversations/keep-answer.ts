import { and, asc, eq, isNull } from 'drizzle-orm';
import type { ChatDocument } from '../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { conversations, threads } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { StewardError } from '../../schemas/errors.ts';
import { chatIdOf, newId } from '../../schemas/ids.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { openAddress } from './ensure-thread.ts';

export type TurnRow = typeof inbox.$inferSelect;

/** The first turn of a conversation that nobody has answered. Reads only. */
export async function nextTurn(store: StoreIn, conversationId: string): Promise<{ inboxId: string } | undefined> {
  const [next] = await store.db
    .select({ inboxId: inbox.id })
    .from(inbox)
    .where(and(eq(inbox.conversationId, conversationId), isNull(inbox.answeredAt)))
    .orderBy(asc(inbox.turn))
    .limit(1);
  return next;
}

/** @throws notFound where there is no such turn */
export async function readTurn(store: StoreIn, inboxId: string): Promise<TurnRow> {
  const [row] = await store.db.select().from(inbox).where(eq(inbox.id, inboxId));
  if (row?.conversationId == null) throw new StewardError('notFound', `There is no turn ${inboxId}`);
  return row;
}

/** The effects that answer a turn, in their order. Reads only. */
export async function answersOf(store: StoreIn, inboxId: string): Promise<string[]> {
  const rows = await store.db
    .select({ id: outbox.id })
    .from(outbox)
    .where(eq(outbox.turnId, inboxId))
    .orderBy(asc(outbox.part));
  return rows.map(({ id }) => id);
}

/**
 * Ends a turn with its answer: the effects and the end of the turn are one transaction. May be repeated: the first answer
 * stays.
 *
 * @param parts - one message each, in their order; none where nothing is to be said
 * @returns ids of the effects
 * @throws notFound
 */
export async function keepAnswer(store: Store, inboxId: string, parts: readonly ChatDocument[]): Promise<string[]> {
  return await inTransaction(store, async (inside) => {
    const { conversationId, turn } = await readTurn(inside, inboxId);
    await inside.db
      .select({ id: conversations.id })
      .from(conversations)
      .where(eq(conversations.id, conversationId!))
      .for('update');
    const row = await readTurn(inside, inboxId);
    if (row.answeredAt !== null) return await answersOf(inside, inboxId);
    const now = inside.clock.now();
    const outboxIds: string[] = [];
    for (const [at, document] of parts.entries()) outboxIds.push(await mint(inside, row, { document, part: at + 1 }));
    await inside.db.update(inbox).set({ answeredAt: now }).where(eq(inbox.id, inboxId));
    const data = { conversation: conversationId!, turn: turn!, parts: parts.length };
    const { personId } = row;
    await appendEvent(inside, { aggregate: 'inbox', aggregateId: inboxId, type: 'turn.answered', personId, data });
    return outboxIds;
  });
}

async function mint(inside: StoreIn, row: TurnRow, { document, part }: { document: ChatDocument; part: number }) {
  const { personId, channel, accountId, id: turnId } = row;
  const [thread] = await inside.db.select().from(threads).where(eq(threads.id, row.threadId!));
  const id = newId('outbox', inside.clock);
  const content: OutgoingChat = {
    ...{ id: chatIdOf(id), address: openAddress(inside, thread!), kind: thread!.kind, document },
  };
  const unit = inside.keys.newUnit(personId);
  const place = { table: 'outbox', row: id, column: 'content', person: personId };
  await inside.db.insert(outbox).values({
    ...{ id, personId, effectKey: `${turnId}:answer:${part}`, kind: 'answer', channel, accountId, turnId, part },
    messageIdHmac: inside.keys.fingerprint('message-id', content.id),
    wrappedKey: unit.wrapped,
    content: unit.seal(place, JSON.stringify(content)),
    createdAt: inside.clock.now(),
  });
  const data = { kind: 'answer', channel, conversation: row.conversationId!, turn: row.turn!, part };
  await appendEvent(inside, { aggregate: 'outbox', aggregateId: id, type: 'outbox.queued', personId, data });
  return id;
}
