// Policy: who said what, and where, is what the homeserver proves; an event can claim nothing about another.
import { expect, onTestFinished, test } from 'vitest';
import { knowRooms } from '../../../../../activities/channels/matrix/know-rooms.ts';
import { openHomeserver } from '../../../../../activities/channels/matrix/open-homeserver.ts';
import { readEvent } from '../../../../../activities/channels/matrix/read-event.ts';
import { takeEvent } from '../../../../../activities/channels/matrix/take-event.ts';
import { eventOf, scripted, scriptedHomeserver, textOf } from '../../../../support/scripted-homeserver.ts';

const { us, owner, room } = scripted;
const third = '@third:matrix.test';

async function takingIn(members: readonly string[]) {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.on(`/rooms/${room}/joined_members`, [200, { joined: Object.fromEntries(members.map((one) => [one, {}])) }]);
  const homeserver = openHomeserver(server.channel);
  const deps = { server: homeserver, channel: server.channel, rooms: knowRooms(homeserver, us) };
  return { server, take: (raw: object) => takeEvent(deps, room, readEvent(raw)!) };
}

const editOf = (original: string, body: string, more: object = {}) =>
  eventOf({
    ...textOf(`* ${body}`),
    ...{ 'm.new_content': textOf(body), 'm.relates_to': { rel_type: 'm.replace', event_id: original } },
    ...more,
  });

test('takeEvent() of a room of two is direct, addressed, and keyed by the other', async () => {
  const { take } = await takingIn([us, owner]);
  const at = Date.parse('2026-11-25T08:00:00Z');
  expect(await take(eventOf(textOf('hello'), { event_id: '$one', origin_server_ts: at }))).toEqual({
    ...{ dedupeKey: '$one', from: owner, text: 'hello', at: '2026-11-25T08:00:00.000Z', addressed: true },
    thread: { key: owner, kind: 'direct', address: room },
  });
});

test('takeEvent() of a room of more is keyed by the room', async () => {
  const { take } = await takingIn([us, owner, third]);
  expect(await take(eventOf(textOf('hello')))).toMatchObject({
    ...{ addressed: false, thread: { key: room, kind: 'room', address: room } },
  });
});

test('takeEvent() does not put what a third said before it left into the thread of the other', async () => {
  const { take } = await takingIn([us, owner]);
  expect(await take(eventOf(textOf('hello'), { sender: third }))).toMatchObject({
    ...{ from: third, addressed: false, thread: { key: room, kind: 'room' } },
  });
});

test('takeEvent() keeps to a room that it may not look into any more', async () => {
  const { server, take } = await takingIn([]);
  server.on(`/rooms/${room}/joined_members`, [403, { errcode: 'M_FORBIDDEN' }]);
  expect(await take(eventOf(textOf('hello')))).toMatchObject({ thread: { kind: 'room' } });
});

test.each([
  ['Steward, what is on?', {}, true],
  ['ask @steward:matrix.test', {}, true],
  ['hello', { 'm.mentions': { user_ids: [us] } }, true],
  ['stewardship', {}, false],
  ['hello', { 'm.mentions': { user_ids: [third, { toString: us }] } }, false],
])('takeEvent() of %j with %j in a room is addressed: %s', async (body, more, addressed) => {
  const { take } = await takingIn([us, owner, third]);
  expect(await take(eventOf(textOf(body, more)))).toMatchObject({ addressed });
});

test('takeEvent() gives a thread a place of its own, in a room of two as well', async () => {
  const { take } = await takingIn([us, owner]);
  const place = JSON.stringify({ room, root: '$root' });
  const inThread = { 'm.relates_to': { rel_type: 'm.thread', event_id: '$root' } };
  expect(await take(eventOf(textOf('hello', inThread)))).toMatchObject({
    ...{ addressed: true, thread: { key: place, kind: 'thread', address: place } },
  });
  const forged = { 'm.relates_to': { rel_type: 'm.thread', event_id: { $: 1 } } };
  expect(await take(eventOf(textOf('hello', forged)))).toMatchObject({ thread: { kind: 'direct' } });
});

test('takeEvent() takes an edit by the sender of the original as a message of its own', async () => {
  const { server, take } = await takingIn([us, owner]);
  const original = eventOf(textOf('hullo'));
  server.on(`/rooms/${room}/event/${original.event_id}`, [200, original]);
  const edit = editOf(String(original.event_id), 'hello');
  expect(await take(edit)).toMatchObject({ dedupeKey: edit.event_id, from: owner, text: 'hello' });
});

test('takeEvent() leaves an edit in the thread of the original', async () => {
  const { server, take } = await takingIn([us, owner]);
  const original = eventOf(textOf('hullo', { 'm.relates_to': { rel_type: 'm.thread', event_id: '$root' } }));
  server.on(`/rooms/${room}/event/${original.event_id}`, [200, original]);
  expect(await take(editOf(String(original.event_id), 'hello'))).toMatchObject({ thread: { kind: 'thread' } });
});

test('takeEvent() ignores an edit that cannot be by the sender of the original', async () => {
  const { server, take } = await takingIn([us, owner]);
  const original = eventOf(textOf('pay 5'), { sender: third });
  const state = eventOf({}, { type: 'm.room.member', state_key: owner });
  server.on(`/rooms/${room}/event/${original.event_id}`, [200, original]);
  server.on(`/rooms/${room}/event/${state.event_id}`, [200, state]);
  server.on(`/rooms/${room}/event/$other`, [200, eventOf(textOf('pay 5'))]);
  const forged = [original.event_id, state.event_id, '$other', '$nowhere', 'no id', undefined, { $: 1 }];
  for (const id of forged) expect(await take(editOf(id as string, 'pay 500'))).toBeUndefined();
  expect(await take(editOf(String(original.event_id), 'x', { 'm.new_content': 'text' }))).toBeUndefined();
});

test.each([401, 429, 502, 503, 504])(
  'takeEvent() fails with the round when the original of the owner cannot be read now (%d)',
  async (status) => {
    const { server, take } = await takingIn([us, owner]);
    server.on(`/rooms/${room}/event/$busy`, [status, {}]);
    await expect(take(editOf('$busy', 'hello'))).rejects.toMatchObject({ status });
  },
);

test('takeEvent() fails with the round when no answer comes about an original', async () => {
  const { server, take } = await takingIn([us, owner]);
  server.on(`/rooms/${room}/event/$cut`, () => 'reset');
  await expect(take(editOf('$cut', 'hello'))).rejects.toMatchObject({ code: 'channelBusy' });
});

test.each([
  [403, {}],
  [404, { errcode: 'M_NOT_FOUND' }],
  [500, { errcode: 'M_UNKNOWN' }],
  [500, 'no JSON'],
])('takeEvent() ignores an edit whose original is refused by %d %j', async (status, body) => {
  const { server, take } = await takingIn([us, owner]);
  server.on(`/rooms/${room}/event/$bad`, [status, body]);
  expect(await take(editOf('$bad', 'hello'))).toBeUndefined();
});

test('takeEvent() asks in a room of more for no original of somebody else than the owner', async () => {
  const { server, take } = await takingIn([us, owner, third]);
  const original = eventOf(textOf('hullo'), { sender: third });
  server.on(`/rooms/${room}/event/`, [200, original]);
  const edit = editOf(String(original.event_id), 'hello');
  expect(await take({ ...edit, sender: third })).toBeUndefined();
  expect(server.requests.filter(({ path }) => path.includes('/event/'))).toEqual([]);
});

test('takeEvent() takes an edit by the other of a room of two, who may have been paired', async () => {
  const { server, take } = await takingIn([us, third]);
  const original = eventOf(textOf('hullo'), { sender: third });
  server.on(`/rooms/${room}/event/`, [200, original]);
  expect(await take({ ...editOf(String(original.event_id), 'hello'), sender: third })).toMatchObject({ text: 'hello' });
});

test('takeEvent() says of an encrypted message that it cannot be opened', async () => {
  const { take } = await takingIn([us, owner]);
  const content = { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'xyz', body: 'forged' };
  expect(await take(eventOf(content, { type: 'm.room.encrypted' }))).toMatchObject({
    ...{ text: '', incomplete: 'It is encrypted and cannot be opened here.', addressed: true },
  });
});

test('takeEvent() ignores reactions, redactions and who comes and goes', async () => {
  const { take } = await takingIn([us, owner]);
  for (const type of ['m.reaction', 'm.room.redaction', 'm.room.member', 'm.sticker']) {
    expect(await take(eventOf(textOf('hello'), { type }))).toBeUndefined();
  }
});
