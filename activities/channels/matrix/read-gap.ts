import { isNoForGood } from './homeserver-refusal.ts';
import { listOf, recordOf, textOf } from './json-value.ts';
import type { Homeserver } from './open-homeserver.ts';
import { isEntryOf, type RoomEvent, readEvent } from './read-event.ts';
import { wantedTypes } from './read-sync.ts';

interface Gap {
  readonly roomId: string;
  /** Where it begins, backwards. */
  readonly from: string;
  /** The token of the sync before: what is older was there before. */
  readonly until: string;
  readonly userId: string;
  /** Only what these said; all where left out. */
  readonly senders: readonly string[] | undefined;
  /** More of them are not read. */
  readonly mostPages: number;
}

const pageEvents = 100;
/** As much as is held at once: a stranger who fills a room does not fill this process. */
const mostChars = 32 * 1_048_576;

/**
 * Reads what a sync left out of a room, back to the sync before or to where we came in, whichever is later.
 *
 * @returns oldest first, without how we came in, and whether there was more than is ever read
 * @throws channelBusy, channelLoginRefused; `HomeserverRefusal`
 */
export async function readGap(
  server: Homeserver,
  { roomId, from, until, userId, senders, mostPages }: Gap,
): Promise<{ events: RoomEvent[]; more: boolean }> {
  const found: RoomEvent[] = [];
  const filter = JSON.stringify({ types: wantedTypes, lazy_load_members: true, ...(senders && { senders }) });
  const path = `/rooms/${encodeURIComponent(roomId)}/messages`;
  let at = from;
  let chars = 0;
  for (let pages = 0; pages < mostPages && chars < mostChars; pages += 1) {
    const query = { dir: 'b', from: at, to: until, limit: String(pageEvents), filter };
    const page = recordOf(await askOrNothing(server, path, query));
    for (const raw of listOf(page.chunk)) {
      const event = readEvent(raw);
      if (event === undefined) continue;
      if (isEntryOf(userId, event, senders)) return { events: found.reverse(), more: false };
      found.push(event);
      chars += JSON.stringify(event.content).length;
    }
    const end = textOf(page.end);
    if (end === undefined || end === at) return { events: found.reverse(), more: false };
    at = end;
  }
  return { events: found.reverse(), more: true };
}

/** A room that we were put out of meanwhile has nothing to read any more; the others go on. */
async function askOrNothing(server: Homeserver, path: string, query: Record<string, string>): Promise<unknown> {
  try {
    return await server.ask('GET', path, { query });
  } catch (error) {
    if (isNoForGood(error)) return undefined;
    throw error;
  }
}
