import { recordOf, textOf } from './json-value.ts';
import type { SyncRound } from './read-sync.ts';
import { eventAt, mayCount, ownIdOf, type TakeDeps } from './take-event.ts';

/**
 * Which of our own messages those who may count have read. The event is asked for: it bears our id, or an edit of it does
 * where a draft became the answer. One that is not ours, or is gone, says nothing.
 *
 * @throws channelBusy, channelLoginRefused; `HomeserverRefusal`
 */
export async function answersRead(deps: TakeDeps, { rooms }: SyncRound): Promise<{ by: string; id: string }[]> {
  const read: { by: string; id: string }[] = [];
  for (const { roomId, receipts, left } of rooms) {
    if (left) continue;
    for (const { by, eventId } of receipts) {
      if (by === deps.channel.userId || !(await mayCount(deps, roomId, by))) continue;
      const id = await ownIdAt(deps, roomId, eventId);
      if (id !== undefined) read.push({ by, id });
    }
  }
  return read;
}

async function ownIdAt(deps: TakeDeps, roomId: string, eventId: string): Promise<string | undefined> {
  const event = await eventAt(deps, roomId, eventId);
  if (event?.sender !== deps.channel.userId) return undefined;
  const edit = recordOf(recordOf(recordOf(event.unsigned['m.relations'])['m.replace']).content);
  return textOf(edit['org.steward.id']) ?? ownIdOf(event);
}
