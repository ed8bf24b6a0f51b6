import { and, asc, desc, eq, gt, isNull, lt } from 'drizzle-orm';
import { inbox } from '../../schemas/db/inbox.ts';
import type { StoreIn } from '../store.ts';
import { readTurn } from './keep-answer.ts';
import { openMessage } from './seal-message.ts';

/** What was said after a turn and waits behind it, oldest first; at most so many. Reads only. @throws sealBroken */
export async function saidSince(
  store: StoreIn,
  inboxId: string,
  most: number,
): Promise<{ readonly text: string; readonly addressed: boolean }[]> {
  const { conversationId, turn } = await readTurn(store, inboxId);
  const later = and(eq(inbox.conversationId, conversationId!), gt(inbox.turn, turn!), isNull(inbox.answeredAt));
  const rows = await store.db.select().from(inbox).where(later).orderBy(asc(inbox.turn)).limit(most);
  return rows.map((row) => openMessage(store, row));
}

/** Whether the turn just before this one was stopped. Reads only. */
export async function stoppedBefore(store: StoreIn, inboxId: string): Promise<boolean> {
  const { conversationId, turn } = await readTurn(store, inboxId);
  const [before] = await store.db
    .select({ stopped: inbox.stopped })
    .from(inbox)
    .where(and(eq(inbox.conversationId, conversationId!), lt(inbox.turn, turn!)))
    .orderBy(desc(inbox.turn))
    .limit(1);
  return before?.stopped === 'cancelled';
}
