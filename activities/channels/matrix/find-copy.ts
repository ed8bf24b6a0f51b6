import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { findDirectRoom } from './find-direct-room.ts';
import { HomeserverRefusal, isNoForGood, nameMatrixFailure } from './homeserver-refusal.ts';
import { listOf, recordOf, textOf } from './json-value.ts';
import { type Homeserver, openHomeserver } from './open-homeserver.ts';
import { readEvents } from './read-event.ts';
import { placeOf } from './room-place.ts';
import { ownIdOf } from './take-event.ts';

const pageEvents = 100;
const maxPages = 5;

/**
 * Looks for a message of ours among the newest of its room, by its marker. Reads only.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure
 */
export async function findCopy(
  channel: MatrixChannel,
  message: OutgoingChat,
): Promise<{ found: boolean; where?: string }> {
  const server = openHomeserver(channel);
  try {
    const place = placeOf(message.address);
    if (place === undefined) return { found: false };
    const roomId = 'roomId' in place ? place.roomId : await findDirectRoom(server, channel, place.userId);
    if (roomId === undefined) return { found: false };
    return (await holds(server, { roomId, userId: channel.userId, id: message.id }))
      ? { found: true, where: 'the room' }
      : { found: false };
  } catch (error) {
    // A room that we may not read proves nothing.
    if (isNoForGood(error)) return { found: false };
    throw error instanceof HomeserverRefusal ? nameMatrixFailure(error, server.host) : error;
  }
}

interface Wanted {
  readonly roomId: string;
  readonly userId: string;
  readonly id: string;
}

async function holds(server: Homeserver, { roomId, userId, id }: Wanted): Promise<boolean> {
  const filter = JSON.stringify({ types: ['m.room.message'], senders: [userId] });
  let from: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const query = { dir: 'b', limit: String(pageEvents), filter, ...(from === undefined ? {} : { from }) };
    const page = recordOf(await server.ask('GET', `/rooms/${encodeURIComponent(roomId)}/messages`, { query }));
    // Another may write our marker: only what we have sent counts.
    const own = readEvents(listOf(page.chunk)).filter(({ sender }) => sender === userId);
    if (own.some((event) => ownIdOf(event) === id)) return true;
    const end = textOf(page.end);
    if (end === undefined || end === from) return false;
    from = end;
  }
  return false;
}
