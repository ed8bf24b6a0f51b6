// Policy: what is said to one person goes to a room of theirs and ours and nobody else's.
import { expect, onTestFinished, test } from 'vitest';
import { findDirectRoom, openDirectRoom } from '../../../../../activities/channels/matrix/find-direct-room.ts';
import { openHomeserver } from '../../../../../activities/channels/matrix/open-homeserver.ts';
import { scripted, scriptedHomeserver } from '../../../../support/scripted-homeserver.ts';

const { us, owner } = scripted;
const rooms = { open: '!open:y', encrypted: '!encrypted:y', shared: '!shared:y', alone: '!alone:y', other: '!other:y' };
const members: Record<string, string[]> = {
  [rooms.open]: [us, owner],
  [rooms.encrypted]: [us, owner],
  [rooms.shared]: [us, owner, '@third:y'],
  [rooms.alone]: [us],
  [rooms.other]: [us, '@third:y'],
};

async function scriptedServer(joined: unknown, alias?: string) {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.on('/joined_rooms', [200, { joined_rooms: joined }]);
  for (const [room, who] of Object.entries(members)) {
    server.on(`/rooms/${room}/joined_members`, [200, { joined: Object.fromEntries(who.map((one) => [one, {}])) }]);
  }
  server.on(`/rooms/${rooms.encrypted}/state/m.room.encryption`, [200, { algorithm: 'm.megolm.v1.aes-sha2' }]);
  if (alias !== undefined) server.on('/directory/room/#steward-', [200, { room_id: alias }]);
  const posts = () =>
    server.requests
      .filter(({ method }) => method === 'POST')
      .map(({ path, body }) => ({
        path: decodeURIComponent(path).replace('/_matrix/client/v3', ''),
        body: JSON.parse(body),
      }));
  return { ...server, posts, homeserver: openHomeserver(server.channel) };
}

test.each([
  [[rooms.alone, rooms.shared, rooms.other, rooms.open], undefined, rooms.open],
  [[rooms.encrypted, rooms.open], undefined, rooms.open],
  [[rooms.alone, rooms.open], rooms.alone, rooms.open],
  [[rooms.alone, rooms.shared], rooms.alone, rooms.alone],
  [[rooms.shared, rooms.other, rooms.encrypted], undefined, undefined],
  [[rooms.shared], rooms.shared, undefined],
  // The alias of a room that we are not in, and lists that are none.
  [[rooms.shared], '!squatted:y', undefined],
  ['!open:y', undefined, undefined],
  [[7, null], undefined, undefined],
])('findDirectRoom() among %j with the alias at %s is %s', async (joined, alias, found) => {
  const { homeserver, channel } = await scriptedServer(joined, alias);
  expect(await findDirectRoom(homeserver, channel, owner)).toBe(found);
});

test('openDirectRoom() makes a private room for one person, and an alias that nobody can guess', async () => {
  const { homeserver, channel, on, posts } = await scriptedServer([rooms.encrypted, rooms.shared]);
  on('/createRoom', [200, { room_id: '!made:y' }]);
  expect(await openDirectRoom(homeserver, channel, owner)).toBe('!made:y');
  const [made, ...others] = posts();
  expect(others).toEqual([]);
  expect(made).toMatchObject({
    path: '/createRoom',
    body: { preset: 'trusted_private_chat', is_direct: true, invite: [owner] },
  });
  const alias = made!.body.room_alias_name;
  expect(alias).toMatch(/^steward-[0-9a-f]{32}$/);
  await openDirectRoom(homeserver, { ...channel, token: 'another' }, owner);
  expect(posts()[1]!.body.room_alias_name).not.toBe(alias);
});

test.each([
  [400, { errcode: 'M_ROOM_IN_USE' }],
  [409, { errcode: 'M_UNKNOWN' }],
])('openDirectRoom() asks to be tried again where another makes the room: %d %j', async (status, body) => {
  const { homeserver, channel, on } = await scriptedServer([], '!being-made:y');
  on('/createRoom', [status, body]);
  await expect(openDirectRoom(homeserver, channel, owner)).rejects.toMatchObject({ status: 503 });
});

test('openDirectRoom() says no where the homeserver does', async () => {
  const { homeserver, channel, on } = await scriptedServer([]);
  on('/createRoom', [403, { errcode: 'M_FORBIDDEN' }]);
  await expect(openDirectRoom(homeserver, channel, owner)).rejects.toMatchObject({ errcode: 'M_FORBIDDEN' });
});

test.each([
  ['join', []],
  ['invite', []],
  ['leave', [{ path: `/rooms/${rooms.alone}/invite`, body: { user_id: owner } }]],
])('openDirectRoom() invites whoever is %s: %j', async (membership, posted) => {
  const { homeserver, channel, on, posts } = await scriptedServer([rooms.alone], rooms.alone);
  on(`/rooms/${rooms.alone}/state/m.room.member/${owner}`, [200, { membership }]);
  on(`/rooms/${rooms.alone}/invite`, [200, {}]);
  expect(await openDirectRoom(homeserver, channel, owner)).toBe(rooms.alone);
  expect(posts()).toEqual(posted);
});
