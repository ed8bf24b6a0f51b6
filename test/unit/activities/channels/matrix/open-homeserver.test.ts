// Policy: the token leaves only over TLS that is verified or on this machine; no word of a homeserver gets into an error.
import { expect, onTestFinished, test } from 'vitest';
import { HomeserverRefusal, isNoForGood } from '../../../../../activities/channels/matrix/homeserver-refusal.ts';
import { openHomeserver } from '../../../../../activities/channels/matrix/open-homeserver.ts';
import { StewardError } from '../../../../../schemas/errors.ts';
import { faultServer } from '../../../../support/fault-server.ts';
import { scriptedHomeserver } from '../../../../support/scripted-homeserver.ts';
import { throwawayCa } from '../../../../support/throwaway-ca.ts';

async function scriptedServer() {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

async function failureOf(doing: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof doing === 'function' ? doing() : doing);
  } catch (error) {
    return error;
  }
  throw new Error('nothing failed');
}

const codeOf = async (doing: Promise<unknown> | (() => unknown)) => ((await failureOf(doing)) as StewardError).code;

test('ask() sends token, query and body, and gives the answer', async () => {
  const server = await scriptedServer();
  server.on('/say', [200, { event_id: '$a' }]);
  const answer = await openHomeserver(server.channel).ask('PUT', '/say', {
    query: { to: 'a b&c' },
    body: { text: 'ä' },
  });
  expect(answer).toEqual({ event_id: '$a' });
  const [asked] = server.requests;
  expect(asked).toMatchObject({ method: 'PUT', path: '/_matrix/client/v3/say?to=a+b%26c', body: '{"text":"ä"}' });
  expect(asked?.headers.authorization).toBe(`Bearer ${server.channel.token}`);
});

// 0.0.0.0 leads to this machine, so that the test would see a token if one left.
test.each([
  'http://matrix.example.org',
  'http://0.0.0.0:PORT',
  'http://127.0.0.1.example.org',
  'http://10.0.0.1',
  'http://localhost.',
])('openHomeserver() lets no token leave for %s', async (homeserver) => {
  const server = await scriptedServer();
  const channel = { ...server.channel, homeserver: homeserver.replace('PORT', new URL(server.url).port) };
  expect(await codeOf(() => openHomeserver(channel))).toBe('channelInsecure');
  expect(server.requests).toHaveLength(0);
});

test.each(['127.0.0.1', 'localhost'])('openHomeserver() speaks without TLS to this machine as %s', async (host) => {
  const server = await scriptedServer();
  const channel = { ...server.channel, homeserver: server.url.replace('127.0.0.1', host) };
  expect(await openHomeserver(channel).ask('GET', '/account/whoami')).toHaveProperty('user_id');
});

test('ask() believes the authority of the file, under the name of the file, and nobody else', async () => {
  const ca = throwawayCa();
  await using server = await faultServer({ tls: { cert: ca.cert, key: ca.key } });
  server.use((_request, response) => void response.end('{"well":true}'));
  const { channel } = await scriptedServer();
  const at = { ...channel, homeserver: server.url };
  const trusting = { ...at, tls: { ca: ca.caFile } };
  expect(await openHomeserver(trusting).ask('GET', '/')).toEqual({ well: true });
  expect(await openHomeserver({ ...at, tls: { ca: ca.caFile, serverName: 'mail.test' } }).ask('GET', '/')).toEqual({
    well: true,
  });
  const seen = server.requests.length;
  const others = [at, { ...at, tls: { ca: ca.caFile, serverName: 'matrix.example.org' } }];
  for (const other of others) expect(await codeOf(openHomeserver(other).ask('GET', '/'))).toBe('channelInsecure');
  expect(await codeOf(() => openHomeserver({ ...at, tls: { ca: '/nowhere/ca.pem' } }))).toBe('channelInsecure');
  expect(server.requests).toHaveLength(seen);
});

test('ask() follows no redirect, so the token goes nowhere else', async () => {
  const [server, other] = [await scriptedServer(), await scriptedServer()];
  await using moved = await faultServer();
  moved.use((_request, response) => void response.writeHead(307, { location: `${other.url}/x` }).end());
  const failure = await failureOf(openHomeserver({ ...server.channel, homeserver: moved.url }).ask('GET', '/sync'));
  expect(failure).toMatchObject({ name: 'HomeserverRefusal', status: 307 });
  expect(other.requests).toHaveLength(0);
});

test.each([
  [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'hostile words' }, 'channelLoginRefused'],
  [401, { errcode: 'M_MISSING_TOKEN', error: 'hostile words' }, 'channelLoginRefused'],
  [401, { errcode: 'M_USER_LOCKED', error: 'hostile words' }, 'channelLoginRefused'],
  [401, { errcode: 'M_USER_DEACTIVATED', error: 'hostile words' }, 'channelLoginRefused'],
  [403, { errcode: 'M_USER_DEACTIVATED', error: 'hostile words' }, 'channelLoginRefused'],
  [200, '{"hostile words', 'channelBusy'],
  [200, '', 'channelBusy'],
])('ask() names the answer %d %j and quotes nothing of it', async (status, body, code) => {
  const server = await scriptedServer();
  server.on('/sync', [status, body]);
  const failure = await failureOf(openHomeserver(server.channel).ask('GET', '/sync'));
  expect(failure).toMatchObject({ name: 'StewardError', code });
  expect(String((failure as Error).stack)).not.toContain('hostile');
  expect((failure as Error).cause).toBeUndefined();
});

test.each([
  [403, { errcode: 'M_FORBIDDEN', error: 'hostile words' }, 'M_FORBIDDEN'],
  [403, { errcode: 'hostile words' }, undefined],
  [502, { errcode: { hostile: true } }, undefined],
  [401, '<html>hostile words</html>', undefined],
  [401, { errcode: 'M_UNAUTHORIZED', error: 'hostile words' }, 'M_UNAUTHORIZED'],
  [401, { errcode: { hostile: 'M_UNKNOWN_TOKEN' } }, undefined],
  [403, { errcode: 'M_UNKNOWN_TOKEN' }, 'M_UNKNOWN_TOKEN'],
  [500, '{"hostile words', undefined],
  [500, 'null', undefined],
])('ask() keeps of the refusal %d %j the code and no words', async (status, body, errcode) => {
  const server = await scriptedServer();
  server.on('/sync', [status, body]);
  const failure = await failureOf(openHomeserver(server.channel).ask('GET', '/sync'));
  expect(failure).toBeInstanceOf(HomeserverRefusal);
  expect(failure).toMatchObject({ status, errcode });
  expect(String((failure as Error).stack)).not.toContain('hostile');
});

test.each([
  [401, 'M_UNAUTHORIZED', false],
  [429, 'M_LIMIT_EXCEEDED', false],
  [403, 'M_FORBIDDEN', true],
])('isNoForGood() of %d %s is %s', (status, errcode, expected) => {
  expect(isNoForGood(new HomeserverRefusal(status, errcode))).toBe(expected);
});

test('ask() hears how long a homeserver wants us to wait', async () => {
  const server = await scriptedServer();
  server.on('/sync', [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 1_234 }]);
  expect(await failureOf(openHomeserver(server.channel).ask('GET', '/sync'))).toMatchObject({ waitMs: 1_234 });
});

test('ask() names a server that is gone, silent or cut off', async () => {
  const server = await scriptedServer();
  server.on('/reset', () => 'reset');
  server.on('/silent', () => 'silent');
  const homeserver = openHomeserver(server.channel);
  expect(await codeOf(homeserver.ask('GET', '/reset'))).toBe('channelBusy');
  expect(await codeOf(homeserver.ask('GET', '/silent', { timeoutMs: 100 }))).toBe('channelBusy');
  await server[Symbol.asyncDispose]();
  expect(await codeOf(homeserver.ask('GET', '/sync'))).toBe('channelBusy');
});

test('ask() is cut by the signal', async () => {
  const server = await scriptedServer();
  const stop = new AbortController();
  server.on('/sync', () => {
    stop.abort();
    return 'silent';
  });
  expect(await failureOf(openHomeserver(server.channel, stop.signal).ask('GET', '/sync'))).toBeInstanceOf(StewardError);
});
