import { and, eq, inArray } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { slotKeys } from '../../schemas/ids.ts';
import { openMessage } from '../../store/conversations/accept-messages.ts';
import { messagePrint } from '../../store/conversations/message-print.ts';
import type { CommandDeps, Turn } from './chat-command.ts';

/** Whether a message set off a trigger. Reads only. */
export async function hasFired(
  { store, files }: Pick<CommandDeps, 'store' | 'files'>,
  { inboxId }: Turn,
): Promise<boolean> {
  const triggers = [...files.current().triggers.values()].filter(({ when }) => 'message' in when);
  if (triggers.length === 0) return false;
  const [found] = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(eq(inbox.id, inboxId));
  if (found === undefined) return false;
  const print = messagePrint(store, found.account, openMessage(store, found.row).dedupeKey);
  const names = triggers.map(({ name }) => name);
  const wanted = and(inArray(fires.trigger, names), eq(fires.slotKey, slotKeys.delivery('message', print)));
  return (await store.db.$count(fires, wanted)) > 0;
}
