import { listOf, recordOf, textOf } from './json-value.ts';

/** An event of a room, as far as its envelope is what Matrix says; its content is whatever the sender put there. */
export interface RoomEvent {
  readonly id: string;
  readonly sender: string;
  readonly type: string;
  readonly stateKey: string | undefined;
  /** Milliseconds, as the sender's server says. */
  readonly sentAt: number;
  readonly content: Readonly<Record<string, unknown>>;
  /** The event that a redaction takes back. */
  readonly redacts: string | undefined;
  readonly unsigned: Readonly<Record<string, unknown>>;
}

const latest = Date.parse('9999-12-31T23:59:59Z');
/** @source spec.matrix.org/v1.16/appendices, 4.2 */
const maxIdChars = 255;

/** Reads an event; undefined for what is none. Times outside the calendar become its ends. Pure. */
export function readEvent(raw: unknown): RoomEvent | undefined {
  const event = recordOf(raw);
  const [id, sender, type] = [textOf(event.event_id), textOf(event.sender), textOf(event.type)];
  if (!isEventId(id) || !isUserId(sender) || type === undefined) return undefined;
  const sentAt = event.origin_server_ts;
  if (typeof sentAt !== 'number' || !Number.isFinite(sentAt)) return undefined;
  return {
    ...{ id, sender, type, stateKey: textOf(event.state_key) },
    sentAt: Math.min(Math.max(Math.trunc(sentAt), 0), latest),
    content: recordOf(event.content),
    redacts: redactedBy(event),
    unsigned: recordOf(event.unsigned),
  };
}

/** Rooms from version 11 on have it within the content. @source spec.matrix.org/v1.16/client-server-api, m.room.redaction */
function redactedBy({ content, redacts }: Readonly<Record<string, unknown>>): string | undefined {
  const id = recordOf(content).redacts ?? redacts;
  return isEventId(id) ? id : undefined;
}

/** Reads a list of events and leaves out what is none. Pure. */
export const readEvents = (raw: unknown): RoomEvent[] =>
  listOf(raw)
    .map(readEvent)
    .filter((event) => event !== undefined);

/** Whether a value is the id of an event. Pure. */
export const isEventId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxIdChars && /^\$\S+$/.test(value);

/** Whether a value is the id of a user. Pure. */
export const isUserId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= maxIdChars && /^@[^\s:]+:\S+$/.test(value);

/**
 * Whether it is how an account came into a room: an invitation, or a join that none preceded. Pure.
 *
 * @param senders - of whom all is read; an invitation by another is not seen, so that the join after it stands for it
 */
export function isEntryOf(userId: string, event: RoomEvent, senders?: readonly string[]): boolean {
  if (event.type !== 'm.room.member' || event.stateKey !== userId) return false;
  if (event.content.membership === 'invite') return true;
  const before = recordOf(event.unsigned.prev_content).membership;
  if (event.content.membership !== 'join' || before === 'join') return false;
  return before !== 'invite' || (senders !== undefined && !senders.includes(textOf(event.unsigned.prev_sender) ?? ''));
}
