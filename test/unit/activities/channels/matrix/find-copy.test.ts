// Policy: only a message that we have sent proves that it was sent.
import { expect, onTestFinished, test } from 'vitest';
import { findCopy } from '../../../../../activities/channels/matrix/find-copy.ts';
import type { OutgoingChat } from '../../../../../schemas/chat-message.ts';
import { eventOf, scripted, scriptedHomeserver, textOf } from '../../../../support/scripted-homeserver.ts';

const { us, room } = scripted;
const message: OutgoingChat = { id: 'out-1', address: room, kind: 'room', document: [], text: '' };
const marked = textOf('hello', { 'org.steward.id': 'out-1' });

async function scriptedServer() {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

test.each([
  ['ours with the marker', eventOf(marked, { sender: us }), true],
  ['ours with the transaction', eventOf(textOf('hello'), { sender: us, unsigned: { transaction_id: 'out-1' } }), true],
  ['ours with another marker', eventOf(textOf('hello', { 'org.steward.id': 'out-2' }), { sender: us }), false],
  ['ours and emptied', eventOf({}, { sender: us }), false],
  ['forged by another', eventOf(marked), false],
  ['no event', { content: marked, sender: us }, false],
])('findCopy() of a message that is %s', async (_what, event, found) => {
  const server = await scriptedServer();
  server.on(`/rooms/${room}/messages`, [200, { chunk: [null, event] }]);
  expect(await findCopy(server.channel, message)).toMatchObject({ found });
});

test('findCopy() looks some pages back, and not without end', async () => {
  const server = await scriptedServer();
  let page = 0;
  server.on(`/rooms/${room}/messages`, () => {
    page += 1;
    return [200, { chunk: page === 3 ? [eventOf(marked, { sender: us })] : [], end: `page-${page}` }];
  });
  expect(await findCopy(server.channel, message)).toEqual({ found: true, where: 'the room' });
  page = 3;
  expect(await findCopy(server.channel, message)).toEqual({ found: false });
  expect(page).toBe(8);
});

test.each([
  [502, {}, 'channelBusy'],
  [429, { errcode: 'M_LIMIT_EXCEEDED' }, 'channelBusy'],
  [404, '<html>', 'channelBusy'],
  [401, { errcode: 'M_UNKNOWN_TOKEN' }, 'channelLoginRefused'],
])('findCopy() cannot look where it is answered %d %j', async (status, body, code) => {
  const server = await scriptedServer();
  server.on(`/rooms/${room}/messages`, [status, body]);
  await expect(findCopy(server.channel, message)).rejects.toMatchObject({ code });
});

test('findCopy() finds nothing in a room that it may not read, and nowhere', async () => {
  const server = await scriptedServer();
  server.on(`/rooms/${room}/messages`, [403, { errcode: 'M_FORBIDDEN' }]);
  expect(await findCopy(server.channel, message)).toEqual({ found: false });
  expect(await findCopy(server.channel, { ...message, address: 'me@xmpp.test' })).toEqual({ found: false });
});
