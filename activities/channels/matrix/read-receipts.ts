import { listOf, recordOf } from './json-value.ts';
import { isEventId, isUserId } from './read-event.ts';

/** Somebody has read up to an event. */
export interface Receipt {
  readonly by: string;
  readonly eventId: string;
}

/** Reads the receipts among the ephemeral events of a room. Pure. @source Matrix client-server API, "Receipts" */
export function readReceipts(raw: unknown): Receipt[] {
  return listOf(raw)
    .map(recordOf)
    .filter(({ type }) => type === 'm.receipt')
    .flatMap(({ content }) => Object.entries(recordOf(content)))
    .flatMap(([eventId, kinds]) => {
      const readers = Object.keys(recordOf(recordOf(kinds)['m.read']));
      return isEventId(eventId) ? readers.filter(isUserId).map((by) => ({ by, eventId })) : [];
    });
}
