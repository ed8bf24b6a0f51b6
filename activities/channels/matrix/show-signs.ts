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

/** An answer that goes out at once is not kept waiting by a sign beside it: a homeserver works through both. */
const readAfterMs = 1_000;

/**
 * Says of what the owner said that it has been read, a second after the ledger has it. A stranger learns nothing. Best
 * effort: a receipt that is refused is none, and those that wait when the connection ends are dropped.
 *
 * @source Matrix client-server API, "Receipts"
 */
export function showReadSoon(server: Homeserver, channel: MatrixChannel, over: AbortSignal) {
  const newest = new Map<string, string>();
  let waits = false;
  const say = async () => {
    waits = false;
    const due = [...newest];
    newest.clear();
    for (const [roomId, eventId] of due) {
      if (over.aborted) return;
      const path = `/rooms/${encodeURIComponent(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`;
      await server.ask('POST', path, { body: {}, timeoutMs: 5_000 }).catch(() => undefined);
    }
  };
  return (messages: readonly IncomingMessage[]): void => {
    for (const { from, thread, dedupeKey } of messages) {
      const place = placeOf(thread.address);
      if (isOwner(channel, from) && place !== undefined && 'roomId' in place) newest.set(place.roomId, dedupeKey);
    }
    if (waits || newest.size === 0) return;
    waits = true;
    setTimeout(() => void say(), readAfterMs).unref();
  };
}
