import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import type { IncomingMessage, ThreadPlace } from '../../../schemas/chat-message.ts';
import { HomeserverRefusal, isNoForGood, isPassing } from './homeserver-refusal.ts';
import { recordOf, textOf } from './json-value.ts';
import type { Rooms } from './know-rooms.ts';
import type { Homeserver } from './open-homeserver.ts';
import { isEventId, type RoomEvent, readEvent } from './read-event.ts';
import { readWords, type Words } from './read-words.ts';
import { addressOf } from './room-place.ts';

/** What a message of another is read with. */
export interface TakeDeps {
  readonly server: Homeserver;
  readonly rooms: Rooms;
  readonly channel: Pick<MatrixChannel, 'userId' | 'addresses'>;
}

/**
 * Makes a message of an event of another sender's. Edits count where the sender is that of the original.
 *
 * @returns undefined for what is no message to us
 * @throws channelBusy, channelLoginRefused; `HomeserverRefusal`
 */
export async function takeEvent(
  deps: TakeDeps,
  roomId: string,
  event: RoomEvent,
): Promise<IncomingMessage | undefined> {
  const relation = recordOf(event.content['m.relates_to']);
  const isEdit = relation.rel_type === 'm.replace';
  if (isEdit && event.type !== 'm.room.message') return undefined;
  const words = isEdit ? readWords(recordOf(event.content['m.new_content'])) : wordsOf(event);
  if (words === undefined) return undefined;
  const original = isEdit ? await originalOf(deps, roomId, relation.event_id, event.sender) : event;
  if (original === undefined) return undefined;
  const thread = await threadOf(deps, roomId, original);
  const other = await otherIn(deps, roomId);
  return {
    ...{ dedupeKey: event.id, thread, from: event.sender, text: words.text, at: new Date(event.sentAt).toISOString() },
    ...(words.incomplete === undefined ? {} : { incomplete: words.incomplete }),
    addressed: other === event.sender || names(deps.channel.userId, words),
  };
}

function wordsOf({ type, content }: RoomEvent): Words | undefined {
  if (type === 'm.room.message') return readWords(content);
  if (type !== 'm.room.encrypted') return undefined;
  return { text: '', mentions: [], incomplete: 'It is encrypted and cannot be opened here.' };
}

/**
 * An edit is believed where the message that it names is by the same sender. It is asked for only where the sender may
 * count. Where the homeserver cannot be asked now the round fails; where it has no such message, whatever it says, there
 * is none: one event does not hold up all that come after it.
 */
async function originalOf(deps: TakeDeps, roomId: string, id: unknown, sender: string): Promise<RoomEvent | undefined> {
  if (!isEventId(id) || !(await mayCount(deps, roomId, sender))) return undefined;
  const original = await eventAt(deps, roomId, id);
  return original?.id === id && original.sender === sender && original.type === 'm.room.message' ? original : undefined;
}

/** An event of a room; undefined where there is none for us. @throws channelBusy, channelLoginRefused; `HomeserverRefusal` */
export async function eventAt(
  { server }: Pick<TakeDeps, 'server'>,
  roomId: string,
  id: string,
): Promise<RoomEvent | undefined> {
  try {
    return readEvent(await server.ask('GET', `/rooms/${encodeURIComponent(roomId)}/event/${encodeURIComponent(id)}`));
  } catch (error) {
    if (error instanceof HomeserverRefusal && !isPassing(error)) return undefined;
    throw error;
  }
}

/** Who is in the file counts; who was paired is not known here, and speaks in a room of two. */
export async function mayCount(deps: TakeDeps, roomId: string, sender: string): Promise<boolean> {
  return isOwner(deps.channel, sender) || (await otherIn(deps, roomId)) === sender;
}

async function threadOf(deps: TakeDeps, roomId: string, event: RoomEvent): Promise<ThreadPlace> {
  const { rel_type: kind, event_id: root } = recordOf(event.content['m.relates_to']);
  if (kind === 'm.thread' && isEventId(root)) {
    const address = addressOf({ roomId, root });
    return { key: address, kind: 'thread', address };
  }
  const address = addressOf({ roomId });
  // Who has left may have spoken before: what they said is not the other's.
  return (await otherIn(deps, roomId)) === event.sender
    ? { key: event.sender, kind: 'direct', address }
    : { key: roomId, kind: 'room', address };
}

/** The other one of a room of two; undefined also where we may not look. @throws channelBusy, channelLoginRefused; `HomeserverRefusal` */
export async function otherIn({ rooms }: Pick<TakeDeps, 'rooms'>, roomId: string): Promise<string | undefined> {
  try {
    return await rooms.other(roomId);
  } catch (error) {
    if (isNoForGood(error)) return undefined;
    throw error;
  }
}

/** Whether a message is to an account: by what the client says, or by its name as a word of the text. Pure. */
function names(userId: string, { text, mentions }: Words): boolean {
  if (mentions.includes(userId)) return true;
  const local = userId.slice(1, userId.indexOf(':'));
  const said = text.toLowerCase();
  return [userId, local].some((name) => hasWord(said, name.toLowerCase()));
}

function hasWord(said: string, name: string): boolean {
  const isPart = (sign: string) => /[\p{L}\p{N}_]/u.test(sign);
  for (let at = said.indexOf(name); at !== -1; at = said.indexOf(name, at + 1)) {
    if (!isPart(said.charAt(at - 1)) && !isPart(said.charAt(at + name.length))) return true;
  }
  return false;
}

/** Our own id of a message of ours that came back; undefined for one that has none. Pure. */
export const ownIdOf = ({ content, unsigned }: RoomEvent): string | undefined =>
  textOf(content['org.steward.id']) ?? textOf(unsigned.transaction_id);

/** Whether a sender is one of the owner's addresses, in whatever case the file has them. Pure. */
export const isOwner = ({ addresses }: Pick<MatrixChannel, 'addresses'>, sender: string): boolean =>
  addresses.some((address) => address.toLowerCase() === sender.toLowerCase());
