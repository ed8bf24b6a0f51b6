import { asc, eq, inArray } from 'drizzle-orm';
import { accounts } from '../schemas/db/accounts.ts';
import { inbox } from '../schemas/db/inbox.ts';
import type { FireReceipt } from '../schemas/dispatch.ts';
import { openMessage } from '../store/conversations/accept-messages.ts';
import { channelNameOf } from '../store/conversations/message-print.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { messageArrived } from './message-arrived.ts';
import { wakeConversation } from './wake-conversation.ts';

/**
 * Messages of conversations are in the inbox: each trigger that one matches fires, and then their conversations go on.
 * May be repeated.
 *
 * @returns one receipt for each message and trigger that it matched
 * @throws storeBusy, temporalBusy
 */
export async function messagesAccepted(deps: DispatchDeps, inboxIds: readonly string[]): Promise<FireReceipt[]> {
  if (inboxIds.length === 0) return [];
  const rows = await deps.store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(inArray(inbox.id, [...inboxIds]))
    .orderBy(asc(inbox.id));
  const receipts: FireReceipt[] = [];
  const conversations = new Set<string>();
  for (const { row, account } of rows) {
    if (row.conversationId === null || row.personId !== deps.personId) continue;
    conversations.add(row.conversationId);
    const { dedupeKey: id, thread, from, text, addressed: mention } = openMessage(deps.store, row);
    const room = thread.kind === 'direct' ? {} : { room: thread.key };
    receipts.push(
      ...(await messageArrived(deps, { id, channel: channelNameOf(account), ...room, from, text, mention })),
    );
  }
  for (const conversationId of conversations) await wakeConversation(deps, conversationId);
  return receipts;
}
