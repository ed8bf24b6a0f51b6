import { createHmac } from 'node:crypto';
import type { MatrixChannel } from '../../../schemas/channel-file.ts';
import { HomeserverRefusal, isNoForGood } from './homeserver-refusal.ts';
import { listOf, recordOf, textOf } from './json-value.ts';
import { joinedMembers, otherOf } from './know-rooms.ts';
import type { Homeserver } from './open-homeserver.ts';

/** A personal account is in some dozens. */
const maxRooms = 500;

/**
 * Looks for the room of exactly us and one person, an open one before an encrypted one. Reads only.
 *
 * @returns undefined where there is none
 * @throws channelBusy, channelLoginRefused, channelInsecure; `HomeserverRefusal`
 */
export async function findDirectRoom(
  server: Homeserver,
  channel: MatrixChannel,
  userId: string,
): Promise<string | undefined> {
  const own = await ownRoom(server, channel, userId);
  const all = listOf(recordOf(await server.ask('GET', '/joined_rooms')).joined_rooms).filter(
    (room) => typeof room === 'string',
  );
  const ordered = all.sort().slice(0, maxRooms);
  if (own !== undefined && all.includes(own)) ordered.unshift(own);
  for (const roomId of ordered) {
    if (otherOf(await membersOrNone(server, roomId), channel.userId) !== userId) continue;
    if (!(await isEncrypted(server, roomId))) return roomId;
  }
  // Whoever is invited and has not come is not among the members.
  if (own === undefined || !all.includes(own)) return undefined;
  return (await isShared(server, own, channel.userId, userId)) ? undefined : own;
}

/**
 * Finds that room or makes it. May be repeated, also after an answer that was lost: its alias can be taken only once.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure; `HomeserverRefusal`
 */
export async function openDirectRoom(server: Homeserver, channel: MatrixChannel, userId: string): Promise<string> {
  const found = await findDirectRoom(server, channel, userId);
  if (found !== undefined) {
    await inviteAgain(server, found, userId);
    return found;
  }
  const body = {
    ...{ preset: 'trusted_private_chat', is_direct: true, invite: [userId], name: 'Steward' },
    room_alias_name: localAliasOf(channel, userId),
  };
  try {
    const made = textOf(recordOf(await server.ask('POST', '/createRoom', { body })).room_id);
    if (made !== undefined) return made;
  } catch (error) {
    // Two who make it at once: Synapse answers the later one with a conflict that has no name.
    const taken = error instanceof HomeserverRefusal && (error.errcode === 'M_ROOM_IN_USE' || error.status === 409);
    if (!taken) throw error;
  }
  await freeAlias(server, channel, userId);
  // Another attempt makes the room just now, or the alias is free again: the next one comes to a room.
  throw new HomeserverRefusal(503, 'M_ROOM_IN_USE');
}

/** A room that we were put out of, or where others came in, keeps its people and gives up its alias. */
async function freeAlias(server: Homeserver, channel: MatrixChannel, userId: string): Promise<void> {
  const own = await ownRoom(server, channel, userId);
  if (own === undefined) return;
  const membership = await membershipOf(server, `/rooms/${encodeURIComponent(own)}`, channel.userId);
  const shared = membership === 'join' && (await isShared(server, own, channel.userId, userId));
  if (!shared && membership !== 'leave' && membership !== 'ban') return;
  await server.ask('DELETE', `/directory/room/${encodeURIComponent(aliasOf(channel, userId))}`);
}

/** Whether messages of a room must be encrypted, whatever the event that says so holds. */
export async function isEncrypted(server: Homeserver, roomId: string): Promise<boolean> {
  try {
    await server.ask('GET', `/rooms/${encodeURIComponent(roomId)}/state/m.room.encryption/`);
    return true;
  } catch (error) {
    if (error instanceof HomeserverRefusal && error.status === 404 && error.errcode === 'M_NOT_FOUND') return false;
    throw error;
  }
}

/** Whoever is invited and has not come, or has left, is not among the joined. */
async function inviteAgain(server: Homeserver, roomId: string, userId: string): Promise<void> {
  const room = `/rooms/${encodeURIComponent(roomId)}`;
  const membership = await membershipOf(server, room, userId);
  if (membership !== 'join' && membership !== 'invite') {
    await server.ask('POST', `${room}/invite`, { body: { user_id: userId } });
  }
}

async function membershipOf(server: Homeserver, room: string, userId: string): Promise<unknown> {
  try {
    const state = await server.ask('GET', `${room}/state/m.room.member/${encodeURIComponent(userId)}`);
    return recordOf(state).membership;
  } catch (error) {
    if (isNoForGood(error)) return undefined;
    throw error;
  }
}

/** The room that we made for a person, by its alias. */
async function ownRoom(server: Homeserver, channel: MatrixChannel, userId: string): Promise<string | undefined> {
  try {
    const answer = await server.ask('GET', `/directory/room/${encodeURIComponent(aliasOf(channel, userId))}`);
    return textOf(recordOf(answer).room_id);
  } catch (error) {
    if (isNoForGood(error)) return undefined;
    throw error;
  }
}

/** Keyed with the token: nobody else can take the alias before us, or learn by it whom we talk to. */
const localAliasOf = ({ token }: MatrixChannel, userId: string) =>
  `steward-${createHmac('sha256', token).update(userId).digest('hex').slice(0, 32)}`;

const aliasOf = (channel: MatrixChannel, userId: string) =>
  `#${localAliasOf(channel, userId)}${channel.userId.slice(channel.userId.indexOf(':'))}`;

async function isShared(server: Homeserver, roomId: string, ...two: readonly string[]): Promise<boolean> {
  return (await membersOrNone(server, roomId)).some((member) => !two.includes(member));
}

async function membersOrNone(server: Homeserver, roomId: string): Promise<string[]> {
  try {
    return await joinedMembers(server, roomId);
  } catch (error) {
    if (isNoForGood(error)) return [];
    throw error;
  }
}
