import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { IncomingMessage } from '../../../schemas/chat-message.ts';
import { type Homeserver, openHomeserver } from './open-homeserver.ts';
import { placeOf } from './room-place.ts';
import { isOwner } from './take-event.ts';

/** Longer than the pause after which it is said again; a client stops showing it by itself. */
const typingMs = 30_000;

/** Shows in a room that an answer is on its way, or that it is not any more. @source Matrix client-server API, "Typing Notifications" */
export async function showTyping(channel: MatrixChannel, address: string, working: boolean): Promise<void> {
  const place = placeOf(address);
  if (place === undefined || !('roomId' in place)) return;
  const path = `/rooms/${encodeURIComponent(place.roomId)}/typing/${encodeURIComponent(channel.userId)}`;
  const body = working ? { typing: true, timeout: typingMs } : { typing: false };
  await openHomeserver(channel).ask('PUT', path, { body, timeoutMs: 5_000 });
}

/**
 * Says of what the owner said that it has been read, once the ledger has it. A stranger learns nothing. Best effort: a
 * receipt that is refused is none.
 *
 * @source Matrix client-server API, "Receipts"
 */
export async function showRead(
  server: Homeserver,
  channel: MatrixChannel,
  messages: readonly IncomingMessage[],
): Promise<void> {
  const newest = new Map<string, string>();
  for (const { from, thread, dedupeKey } of messages) {
    const place = placeOf(thread.address);
    if (isOwner(channel, from) && place !== undefined && 'roomId' in place) newest.set(place.roomId, dedupeKey);
  }
  for (const [roomId, eventId] of newest) {
    const path = `/rooms/${encodeURIComponent(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`;
    await server.ask('POST', path, { body: {}, timeoutMs: 5_000 }).catch(() => undefined);
  }
}
