import { randomInt } from 'node:crypto';
import { StewardError } from '../../../schemas/errors.ts';
import { AnswerTooLarge } from './homeserver-refusal.ts';
import { recordOf, textOf } from './json-value.ts';
import type { Homeserver } from './open-homeserver.ts';
import { isUserId, type RoomEvent, readEvents } from './read-event.ts';
import { type Receipt, readReceipts } from './read-receipts.ts';

/** What one answer of /sync says. */
export interface SyncRound {
  /** Where the next one goes on. */
  readonly next: string;
  readonly rooms: readonly SyncedRoom[];
  /** Who invites us where. */
  readonly invites: readonly { readonly roomId: string; readonly by: string }[];
}

export interface SyncedRoom {
  readonly roomId: string;
  /** Oldest first. */
  readonly events: readonly RoomEvent[];
  /** Where the events that were left out begin, backwards; undefined where none were. */
  readonly gapFrom: string | undefined;
  /** Who has read up to which event. */
  readonly receipts: readonly Receipt[];
  readonly membersChanged: boolean;
  /** We are not in it any more; what it holds was said while we were. */
  readonly left: boolean;
}

/** What is read of a room; the same for gaps. */
export const wantedTypes = ['m.room.message', 'm.room.encrypted', 'm.room.redaction', 'm.room.member'] as const;

const none = { not_types: ['*'] };
/** @param timelineLimit - 0 for nothing of the rooms that we are in */
const filterOf = (timelineLimit: number) => ({
  ...{ presence: none, account_data: none },
  room: {
    ...{ account_data: none, ephemeral: timelineLimit === 0 ? none : { types: ['m.receipt'] } },
    state: timelineLimit === 0 ? none : { types: ['m.room.member'], lazy_load_members: true },
    timeline: timelineLimit === 0 ? none : { types: wantedTypes, limit: timelineLimit, lazy_load_members: true },
  },
});

interface SyncAsk {
  readonly userId: string;
  readonly since?: string | undefined;
  readonly waitMs: number;
  readonly timelineLimit: number;
}

/** Tried one after another where an answer was too large: what a sync leaves out is read backwards, in pages. */
const smallerLimits = [5, 1];

/**
 * Asks what there is since a token: once, and at once again with less of each room where that is too large.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure; `HomeserverRefusal`
 */
export async function readSync(server: Homeserver, asked: SyncAsk): Promise<SyncRound> {
  try {
    return await askSync(server, asked);
  } catch (error) {
    const timelineLimit = smallerLimits.find((limit) => limit < asked.timelineLimit);
    if (!(error instanceof AnswerTooLarge) || timelineLimit === undefined) throw error;
    return await readSync(server, { ...asked, timelineLimit });
  }
}

async function askSync(server: Homeserver, { userId, since, waitMs, timelineLimit }: SyncAsk): Promise<SyncRound> {
  const answer = await server.ask('GET', '/sync', {
    query: {
      ...{ filter: JSON.stringify(filterOf(timelineLimit)), timeout: String(waitMs), set_presence: 'offline' },
      ...(since === undefined ? {} : { since }),
    },
    // A server that is asked to wait may also take its time.
    timeoutMs: Math.min(waitMs, 30_000) + 30_000,
  });
  const next = textOf(recordOf(answer).next_batch);
  if (next === undefined || next === '') {
    throw new StewardError('channelBusy', `The homeserver ${server.host} answered a sync without a token`);
  }
  const rooms = recordOf(recordOf(answer).rooms);
  return {
    next,
    rooms: [
      ...roomsOf(rooms.join).map(([roomId, room]) => readRoom(roomId, room)),
      ...roomsOf(rooms.leave).map(([roomId, room]) => readLeftRoom(roomId, room, userId)),
    ],
    invites: roomsOf(rooms.invite).flatMap(([roomId, room]) => readInvite(roomId, room, userId)),
  };
}

/** A first sync is answered at once whatever the wait; Synapse answers the same one for two minutes out of a cache. */
export const freshWaitMs = (): number => randomInt(1_000_000);

/** Who invites us where, whenever that was. @throws channelBusy, channelLoginRefused, channelInsecure; `HomeserverRefusal` */
export async function readPendingInvites(server: Homeserver, userId: string): Promise<SyncRound['invites']> {
  return (await readSync(server, { userId, waitMs: freshWaitMs(), timelineLimit: 0 })).invites;
}

/** What is no id of a room would lead to other paths. */
const roomsOf = (raw: unknown) => Object.entries(recordOf(raw)).filter(([roomId]) => roomId.startsWith('!'));

function readRoom(roomId: string, raw: unknown): SyncedRoom {
  const room = recordOf(raw);
  const timeline = recordOf(room.timeline);
  const events = readEvents(timeline.events);
  const isMember = ({ type }: RoomEvent) => type === 'm.room.member';
  return {
    ...{ roomId, events, left: false, gapFrom: timeline.limited === true ? textOf(timeline.prev_batch) : undefined },
    receipts: readReceipts(recordOf(room.ephemeral).events),
    membersChanged:
      timeline.limited === true || events.some(isMember) || readEvents(recordOf(room.state).events).some(isMember),
  };
}

function readLeftRoom(roomId: string, raw: unknown, userId: string): SyncedRoom {
  const room = readRoom(roomId, raw);
  const end = room.events.findLastIndex(({ type, stateKey, content }) => {
    return (
      type === 'm.room.member' &&
      stateKey === userId &&
      (content.membership === 'leave' || content.membership === 'ban')
    );
  });
  return { ...room, left: true, events: end === -1 ? room.events : room.events.slice(0, end) };
}

function readInvite(roomId: string, raw: unknown, userId: string): SyncRound['invites'] {
  const state = recordOf(recordOf(raw).invite_state).events;
  // Events of an invitation are stripped: no id, no time.
  const invite = (Array.isArray(state) ? state : []).map(recordOf).find(({ type, state_key, content }) => {
    return type === 'm.room.member' && state_key === userId && recordOf(content).membership === 'invite';
  });
  return isUserId(invite?.sender) ? [{ roomId, by: invite.sender }] : [];
}
