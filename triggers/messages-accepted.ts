import { asc, eq, inArray } from 'drizzle-orm';
import { accounts } from '../schemas/db/accounts.ts';
import { inbox } from '../schemas/db/inbox.ts';
import type { ArrivedMessage, FireReceipt } from '../schemas/dispatch.ts';
import { channelNameOf } from '../store/conversations/message-print.ts';
import { openMessage } from '../store/conversations/seal-message.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { fireMissing, messageArrived } from './message-arrived.ts';
import { wakeConversation } from './wake-conversation.ts';

/**
 * Messages of conversations are in the inbox, or were taken back: each trigger that one matches fires, and then their
 * conversations go on.
 * May be repeated.
 *
 * @returns one receipt for each message and trigger that it matched
 * @throws storeBusy, temporalBusy
 */
export async function messagesAccepted(deps: DispatchDeps, inboxIds: readonly string[]): Promise<FireReceipt[]> {
  const receipts: FireReceipt[] = [];
  const turns = await readTurns(deps, inboxIds);
  for (const { message } of turns) {
    if (message !== undefined) receipts.push(...(await messageArrived(deps, message)));
  }
  for (const id of new Set(turns.map(({ conversationId }) => conversationId))) await wakeConversation(deps, id);
  return receipts;
}

/** Sees to it that a turn has set off all triggers that it matches. @returns how many it matches @throws storeBusy */
export async function fireForTurn(deps: DispatchDeps, inboxId: string): Promise<number> {
  // Most homes have no such trigger, and every turn asks.
  if (![...deps.files.current().triggers.values()].some(({ when }) => 'message' in when)) return 0;
  const [turn] = await readTurns(deps, [inboxId]);
  return turn?.message === undefined ? 0 : await fireMissing(deps, turn.message);
}

/** @returns without a message where it was taken back: it sets off nothing any more */
async function readTurns(
  { store, personId }: DispatchDeps,
  inboxIds: readonly string[],
): Promise<{ conversationId: string; message?: ArrivedMessage }[]> {
  if (inboxIds.length === 0) return [];
  const rows = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(inArray(inbox.id, [...inboxIds]))
    .orderBy(asc(inbox.id));
  return rows.flatMap(({ row, account }) => {
    if (row.conversationId === null || row.personId !== personId) return [];
    if (row.takenBackAt !== null) return [{ conversationId: row.conversationId }];
    const { dedupeKey: id, thread, from, text, addressed: mention } = openMessage(store, row);
    const room = thread.kind === 'direct' ? {} : { room: thread.key };
    const message = { id, channel: channelNameOf(account), ...room, from, text, mention };
    return [{ conversationId: row.conversationId, message }];
  });
}
