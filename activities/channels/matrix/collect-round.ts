import type { IncomingMessage, TakenBack } from '../../../schemas/chat-message.ts';
import { isEntryOf, type RoomEvent } from './read-event.ts';
import { readGap } from './read-gap.ts';
import type { SyncedRoom, SyncRound } from './read-sync.ts';
import { isOwner, otherIn, ownIdOf, type TakeDeps, takeEvent } from './take-event.ts';

interface CollectDeps extends TakeDeps {
  /** Of a hundred events each, of what a sync left out of one room. */
  readonly gapPages: number;
}

interface Collected {
  readonly messages: readonly IncomingMessage[];
  /** What was taken back, of these messages or of any before. */
  readonly takenBack: readonly TakenBack[];
  /** Ids of our own messages that came back. */
  readonly ownIds: readonly string[];
}

/**
 * Reads the messages of a round, gaps included. Within a room they keep its order; rooms are merged by time.
 *
 * @throws channelBusy, channelLoginRefused; `HomeserverRefusal`
 */
export async function collectRound(deps: CollectDeps, round: SyncRound, since: string): Promise<Collected> {
  const placed: { readonly at: number; readonly message: IncomingMessage }[] = [];
  const takenBack: TakenBack[] = [];
  const ownIds: string[] = [];
  for (const room of round.rooms) {
    if (room.left) deps.rooms.leave(room.roomId);
    else if (room.membersChanged) deps.rooms.forget(room.roomId);
    const { events, more } = await eventsOf(deps, room, since);
    let at = 0;
    const marked = new Set<string>();
    for (const event of events) {
      if (event.sender === deps.channel.userId) {
        const id = ownIdOf(event);
        if (id !== undefined) ownIds.push(id);
        continue;
      }
      if (event.type === 'm.room.redaction') {
        if (event.redacts !== undefined) takenBack.push({ dedupeKey: event.redacts, by: event.sender });
        continue;
      }
      const message = await takeEvent(deps, room.roomId, event);
      if (message === undefined) continue;
      // A clock that goes back does not turn a room's order round.
      at = Math.max(at, event.sentAt);
      // On the first of each sender: what others say may be dropped, and the mark with it.
      placed.push({ at, message: more && !marked.has(message.from) ? withGap(message) : message });
      marked.add(message.from);
    }
  }
  return { messages: placed.sort((a, b) => a.at - b.at).map(({ message }) => message), takenBack, ownIds };
}

/** What is new in a room: what was there before we came in is not. */
async function eventsOf(
  deps: CollectDeps,
  { roomId, events, gapFrom }: SyncedRoom,
  since: string,
): Promise<{ events: readonly RoomEvent[]; more: boolean }> {
  const { userId } = deps.channel;
  const seen = eventsSinceEntry(userId, events);
  if (gapFrom === undefined || seen.length < events.length) return { events: seen, more: false };
  const senders = await sendersIn(deps, roomId);
  const rest = eventsSinceEntry(userId, events, senders);
  if (rest.length < events.length) return { events: rest, more: false };
  const gap = await readGap(deps.server, {
    roomId,
    from: gapFrom,
    until: since,
    userId,
    senders,
    mostPages: deps.gapPages,
  });
  return { events: [...gap.events, ...events], more: gap.more };
}

const eventsSinceEntry = (userId: string, events: readonly RoomEvent[], senders?: readonly string[]) =>
  events.slice(events.findLastIndex((event) => isEntryOf(userId, event, senders)) + 1);

/**
 * Whose words are read in a gap: a flood of others does not push the owner's out. Whoever was paired is not known here, so
 * that all is read in a room of two with somebody else.
 */
async function sendersIn(deps: TakeDeps, roomId: string): Promise<readonly string[] | undefined> {
  const { addresses, userId } = deps.channel;
  const other = await otherIn(deps, roomId);
  if (other !== undefined && !isOwner(deps.channel, other)) return undefined;
  // Ids are in lower case, but for some that are very old.
  return [...new Set([...addresses, ...addresses.map((address) => address.toLowerCase()), userId])];
}

function withGap(message: IncomingMessage): IncomingMessage {
  const why = 'Earlier messages of this room were left out: there were too many.';
  return { ...message, incomplete: message.incomplete === undefined ? why : `${message.incomplete} ${why}` };
}
