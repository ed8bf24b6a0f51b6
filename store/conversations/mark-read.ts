import { and, eq, gt } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { conversations } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';
import { channelNameOf } from './message-print.ts';

/**
 * A person has read up to one of our messages on one account: then its turn and all before it are read, wherever they were
 * shown. A message that others of its turn follow there says so of the turns before it. May be repeated; what the ledger
 * does not know, or of another account, means nothing.
 */
export async function markAnswerRead(store: Store, accountId: string, outboxId: string): Promise<void> {
  const { db } = store;
  const [found] = await db
    .select({ turn: inbox, account: accounts.name })
    .from(outbox)
    .innerJoin(inbox, eq(inbox.id, outbox.turnId))
    .innerJoin(accounts, eq(accounts.id, outbox.accountId))
    .where(and(eq(outbox.id, outboxId), eq(outbox.accountId, accountId)));
  if (found === undefined) return;
  const { id, conversationId, turn, answeredAt } = found.turn;
  const later = and(eq(outbox.turnId, id), eq(outbox.accountId, accountId), gt(outbox.id, outboxId));
  const whole = answeredAt !== null && (await db.$count(outbox, later)) === 0;
  const upTo = whole ? turn! : turn! - 1;
  await markRead(store, { conversationId: conversationId!, turn: upTo, channel: channelNameOf(found.account) });
}

/**
 * A person has read a conversation up to a turn; it never goes back. May be repeated.
 *
 * @param channel - where, as its file is called
 * @returns the last turn that is read now
 */
export async function markRead(
  store: Store,
  { conversationId, turn, channel }: { conversationId: string; turn: number; channel: string },
): Promise<number> {
  return await inTransaction(store, async (inside) => {
    const one = eq(conversations.id, conversationId);
    const [row] = await inside.db.select().from(conversations).where(one).for('no key update');
    if (row === undefined) return 0;
    const { personId, turns, readTurn: before } = row;
    const readTurn = Math.min(turn, turns);
    if (readTurn <= before) return before;
    await inside.db.update(conversations).set({ readTurn }).where(one);
    const data = { conversation: conversationId, turn: readTurn, channel };
    await appendEvent(inside, {
      ...{ aggregate: 'conversation', aggregateId: conversationId, type: 'conversation.read', personId, data },
    });
    return readTurn;
  });
}
