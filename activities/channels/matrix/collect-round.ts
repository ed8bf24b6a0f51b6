import type { IncomingMessage } from '../../../schemas/chat-message.ts';
import { isEntryOf, type RoomEvent } from './read-event.ts';
import { readGap } from './read-gap.ts';
import type { SyncedRoom, SyncRound } from './read-sync.ts';
import { ownIdOf, type TakeDeps, takeEvent } from './take-event.ts';

interface Collected {
  readonly messages: readonly IncomingMessage[];
  /** Ids of our own messages that came back. */
  readonly ownIds: readonly string[];
}

/**
 * Reads the messages of a round, gaps included. Within a room they keep its order; rooms are merged by time.
 *
 * @throws channelBusy, channelLoginRefused; `HomeserverRefusal`
 */
export async function collectRound(deps: TakeDeps, round: SyncRound, since: string): Promise<Collected> {
  const placed: { readonly at: number; readonly message: IncomingMessage }[] = [];
  const ownIds: string[] = [];
  for (const room of round.rooms) {
    if (room.membersChanged) deps.rooms.forget(room.roomId);
    const { events, more } = await eventsOf(deps, room, since);
    let [at, leftOut] = [0, more];
    for (const event of events) {
      if (event.sender === deps.channel.userId) {
        const id = ownIdOf(event);
        if (id !== undefined) ownIds.push(id);
        continue;
      }
      const message = await takeEvent(deps, room.roomId, event);
      if (message === undefined) continue;
      // A clock that goes back does not turn a room's order round.
      at = Math.max(at, event.sentAt);
      placed.push({ at, message: leftOut ? withGap(message) : message });
      leftOut = false;
    }
  }
  return { messages: placed.sort((a, b) => a.at - b.at).map(({ message }) => message), ownIds };
}

/** What is new in a room: what was there before we came in is not. */
async function eventsOf(
  { server, channel: { userId } }: TakeDeps,
  { roomId, events, gapFrom }: SyncedRoom,
  since: string,
): Promise<{ events: readonly RoomEvent[]; more: boolean }> {
  const isEntry = (event: RoomEvent) => isEntryOf(userId, event);
  const entry = events.findLastIndex(isEntry);
  if (entry !== -1) return { events: events.slice(entry + 1), more: false };
  if (gapFrom === undefined) return { events, more: false };
  const gap = await readGap(server, { roomId, from: gapFrom, until: since, userId });
  return { events: [...gap.events.slice(gap.events.findLastIndex(isEntry) + 1), ...events], more: gap.more };
}

function withGap(message: IncomingMessage): IncomingMessage {
  const why = 'Earlier messages of this room were left out: there were too many.';
  return { ...message, incomplete: message.incomplete === undefined ? why : `${message.incomplete} ${why}` };
}
