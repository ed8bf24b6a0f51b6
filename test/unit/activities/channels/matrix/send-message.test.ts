// Policy: what an attempt came to is what the homeserver said, and nothing plain is ever put into an encrypted room.
import { expect, onTestFinished, test } from 'vitest';
import { contentOf, sendMessage } from '../../../../../activities/channels/matrix/send-message.ts';
import { saying } from '../../../../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../../../../schemas/chat-message.ts';
import { type ScriptedHomeserver, scripted, scriptedHomeserver } from '../../../../support/scripted-homeserver.ts';

const { room } = scripted;
const message: OutgoingChat = {
  id: 'out-1',
  address: room,
  kind: 'room',
  document: [saying('hello ', { strong: 'you' })],
  text: 'hello you',
};
const begins = async () => undefined;
const encryption = `/rooms/${room}/state/m.room.encryption`;
const sending = `/rooms/${room}/send/m.room.message/out-1`;

async function scriptedServer() {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.on(sending, [200, { event_id: '$sent' }]);
  return server;
}

const putsOf = ({ requests }: ScriptedHomeserver) => requests.filter(({ method }) => method === 'PUT');

test('sendMessage() puts text, HTML and its marker under its own id', async () => {
  const server = await scriptedServer();
  expect(await sendMessage(server.channel, message, begins)).toMatchObject({ state: 'sent' });
  const [put, ...others] = putsOf(server);
  expect(others).toEqual([]);
  expect(decodeURIComponent(put!.path)).toBe(`/_matrix/client/v3${sending}`);
  expect(JSON.parse(put!.body)).toMatchObject({
    ...{ msgtype: 'm.text', body: 'hello you', format: 'org.matrix.custom.html', 'org.steward.id': 'out-1' },
  });
});

test.each([
  ['an algorithm', [200, { algorithm: 'm.megolm.v1.aes-sha2' }]],
  ['an algorithm that nobody knows', [200, { algorithm: 7 }]],
  ['nothing in it', [200, {}]],
] as const)('sendMessage() sends nothing to a room whose encryption has %s', async (_what, answer) => {
  const server = await scriptedServer();
  server.on(encryption, [...answer]);
  let began = false;
  const result = await sendMessage(server.channel, message, async () => {
    began = true;
  });
  expect(result).toMatchObject({ state: 'failed', code: 'roomEncrypted' });
  expect([began, putsOf(server)]).toEqual([false, []]);
});

test.each([
  [[404, '<html>'], 'again'],
  [[403, { errcode: 'M_FORBIDDEN' }], 'failed'],
  [[500, {}], 'again'],
  [[200, '{'], 'again'],
] as const)(
  'sendMessage() sends nothing where it cannot tell whether a room is encrypted: %j',
  async (answer, state) => {
    const server = await scriptedServer();
    server.on(encryption, [...answer]);
    expect(await sendMessage(server.channel, message, begins)).toMatchObject({ state });
    expect(putsOf(server)).toEqual([]);
  },
);

test.each([
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 1_500 }, { state: 'again', waitMs: 1_500 }],
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 1e15 }, { state: 'again', waitMs: 3_600_000 }],
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: -5 }, { state: 'again', waitMs: 0 }],
  [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 'soon' }, { state: 'again', waitMs: 5_000 }],
  [401, { errcode: 'M_UNKNOWN_TOKEN' }, { state: 'failed', code: 'channelLoginRefused' }],
  [403, { errcode: 'M_FORBIDDEN', error: 'hostile words' }, { state: 'failed', code: 'M_FORBIDDEN' }],
  [413, { errcode: 'M_TOO_LARGE' }, { state: 'failed', code: 'M_TOO_LARGE' }],
  [404, '<html>hostile words', { state: 'unknown' }],
  [500, { errcode: 'M_UNKNOWN', error: 'hostile words' }, { state: 'unknown' }],
  [502, '<html>hostile words', { state: 'unknown' }],
  [200, '{"event_id', { state: 'unknown' }],
])('sendMessage() takes the answer %d %j for %j', async (status, body, result) => {
  const server = await scriptedServer();
  server.on(sending, [status, body]);
  const came = await sendMessage(server.channel, message, begins);
  expect(came).toMatchObject(result);
  expect(JSON.stringify(came)).not.toContain('hostile');
  expect(putsOf(server)).toHaveLength(1);
});

test('sendMessage() does not know what came of a request that was cut', async () => {
  const server = await scriptedServer();
  server.on(sending, () => 'reset');
  expect(await sendMessage(server.channel, message, begins)).toMatchObject({ state: 'unknown' });
});

test('sendMessage() is tried again when the server goes away before anything left', async () => {
  const server = await scriptedServer();
  const result = await sendMessage(server.channel, message, async () => await server[Symbol.asyncDispose]());
  expect(result).toMatchObject({ state: 'again' });
});

test('sendMessage() sends nothing when contentBegins rejects', async () => {
  const server = await scriptedServer();
  const refusal = new Error('not ours any more');
  await expect(sendMessage(server.channel, message, () => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(putsOf(server)).toEqual([]);
});

test('sendMessage() sends nothing to a homeserver without TLS that is another machine', async () => {
  const server = await scriptedServer();
  const channel = { ...server.channel, homeserver: server.url.replace('127.0.0.1', '0.0.0.0') };
  expect(await sendMessage(channel, message, begins)).toMatchObject({ state: 'again', waitMs: 300_000 });
  expect(server.requests).toEqual([]);
});

test('sendMessage() fails for an address that is none of Matrix', async () => {
  const server = await scriptedServer();
  const result = await sendMessage(server.channel, { ...message, address: 'me@xmpp.test' }, begins);
  expect(result).toMatchObject({ state: 'failed', code: 'addressUnknown' });
});

test('contentOf() leaves the HTML out where an event would be too large', () => {
  const place = { roomId: room };
  const long = (chars: number) => contentOf({ ...message, document: [saying('&'.repeat(chars))] }, place);
  expect(long(1_000)).toHaveProperty('formatted_body');
  expect(long(16_000)).not.toHaveProperty('formatted_body');
  expect(long(16_000).body).toHaveLength(16_000);
});
