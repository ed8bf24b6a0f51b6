import { recordOf } from './json-value.ts';
import type { Homeserver } from './open-homeserver.ts';
import { readEvents } from './read-event.ts';

/** What is known of the rooms of an account while one connection lasts. */
export interface Rooms {
  /** The other one in a room of exactly two; undefined for any other room. */
  other(roomId: string): Promise<string | undefined>;
  /** Somebody came or went: it is asked again. */
  forget(roomId: string): void;
  /** We went: who was there with us is what counts from now on. */
  leave(roomId: string): void;
}

/** Keeps what the homeserver says of who is in a room until that changes. */
export function knowRooms(server: Homeserver, userId: string): Rooms {
  const known = new Map<string, string | undefined>();
  const left = new Set<string>();
  const ask = async (roomId: string) =>
    left.has(roomId) ? [userId, ...(await lastMembers(server, roomId))] : await joinedMembers(server, roomId);
  return {
    other: async (roomId) => {
      if (!known.has(roomId)) known.set(roomId, otherOf(await ask(roomId), userId));
      return known.get(roomId);
    },
    forget: (roomId) => {
      known.delete(roomId);
      left.delete(roomId);
    },
    leave: (roomId) => {
      known.delete(roomId);
      left.add(roomId);
    },
  };
}

/** Who is in a room of ours. @throws channelBusy, channelLoginRefused; `HomeserverRefusal` where we are not in it */
export async function joinedMembers(server: Homeserver, roomId: string): Promise<string[]> {
  const answer = await server.ask('GET', `/rooms/${encodeURIComponent(roomId)}/joined_members`);
  return Object.keys(recordOf(recordOf(answer).joined));
}

/** Whom we left behind in a room: it is answered as of then. */
async function lastMembers(server: Homeserver, roomId: string): Promise<string[]> {
  const query = { membership: 'join' };
  const answer = await server.ask('GET', `/rooms/${encodeURIComponent(roomId)}/members`, { query });
  return readEvents(recordOf(answer).chunk).flatMap(({ type, stateKey, content }) => {
    return type === 'm.room.member' && stateKey !== undefined && content.membership === 'join' ? [stateKey] : [];
  });
}

/** The other one of exactly two members; undefined where there are more or fewer. Pure. */
export function otherOf(members: readonly string[], userId: string): string | undefined {
  return members.length === 2 && members.includes(userId) ? members.find((member) => member !== userId) : undefined;
}
