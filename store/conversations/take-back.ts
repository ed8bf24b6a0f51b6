import { and, eq } from 'drizzle-orm';
import type { TakenBack } from '../../schemas/chat-message.ts';
import { conversations } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { appendEvent } from '../append-event.ts';
import { readable } from '../readable.ts';
import type { StoreIn } from '../store.ts';
import { openMessage, sealMessage } from './seal-message.ts';

/**
 * A message is taken back, inside the caller's transaction: its words go, and with them the key that they were sealed
 * under. Counts where whoever takes it back is whoever said it: a moderator of a room does not stop what another asked
 * for. An open turn ends without an answer when its conversation comes to it; an answer that was given stays. May be
 * repeated.
 *
 * @returns its turn; none where nothing is to be done
 */
export async function takeBack(
  inside: StoreIn,
  { accountId, channel, personId }: { readonly accountId: string; readonly channel: string; readonly personId: string },
  { dedupeKey, by }: TakenBack,
): Promise<{ inboxId: string; conversationId: string; turn: number }[]> {
  const dedupeHmac = inside.keys.fingerprint('dedupe', dedupeKey);
  const one = and(eq(inbox.channel, channel), eq(inbox.accountId, accountId), eq(inbox.dedupeHmac, dedupeHmac));
  const [found] = await inside.db.select({ conversationId: inbox.conversationId }).from(inbox).where(one);
  const conversation = found?.conversationId;
  if (conversation == null) return [];
  await inside.db.select().from(conversations).where(eq(conversations.id, conversation)).for('no key update');
  const [row] = await inside.db.select().from(inbox).where(one);
  if (row === undefined || row.takenBackAt !== null) return [];
  // What cannot be opened any more is gone as it is, and holds up nothing.
  const [message] = readable(() => [openMessage(inside, row)]);
  if (message?.from !== by) return [];
  const sealed = sealMessage(inside, row, { ...message, text: '' });
  await inside.db
    .update(inbox)
    .set({ ...sealed, sizeBytes: 0, takenBackAt: inside.clock.now() })
    .where(eq(inbox.id, row.id));
  const turn = row.turn!;
  const data = { conversation, turn };
  await appendEvent(inside, { aggregate: 'inbox', aggregateId: row.id, type: 'turn.takenBack', personId, data });
  return [{ inboxId: row.id, conversationId: conversation, turn }];
}
