// Policy: over TLS that was checked, or not at all.
// - a server without TLS sees the name of its domain and nothing else
// - a refused login, a bad certificate and a server that is away are three different things
// - no word of a server is in an error
import { afterEach, describe, expect, test, vi } from 'vitest';
import { connectXmpp } from '../../../../../activities/channels/xmpp/connect-xmpp.ts';
import { xmppTimings } from '../../../../../activities/channels/xmpp/xmpp-timings.ts';
import type { XmppChannel } from '../../../../../schemas/channel-file.ts';
import { type ScriptedXmpp, scriptedXmpp, type XmppScript } from '../../../../support/scripted-xmpp.ts';
import { throwawayCa } from '../../../../support/throwaway-ca.ts';
import { xmppChannel } from '../../../../support/xmpp-channel.ts';

const open: ScriptedXmpp[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});
const start = async (script: XmppScript = {}) => {
  const server = await scriptedXmpp(script);
  open.push(server);
  return server;
};
const secret = Buffer.from('\0steward\0pw-steward').toString('base64');
const connect = async (server: ScriptedXmpp, changes: Partial<XmppChannel> = {}, timings = xmppTimings) => {
  const link = await connectXmpp(xmppChannel(server, changes), new AbortController().signal, timings);
  await link.close();
  return link;
};
const saslFailure = (condition: string) =>
  `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><${condition}/><text>go to evil.example</text></failure>`;

describe('connectXmpp()', () => {
  test('logs in over TLS from the first byte, and over STARTTLS', async () => {
    const direct = await start();
    expect((await connect(direct)).account).toBe('steward@xmpp.test');
    const upgraded = await start({ security: 'starttls' });
    expect((await connect(upgraded, { security: 'starttls' })).account).toBe('steward@xmpp.test');
    for (const server of [direct, upgraded]) expect(server.heard()).toContain(secret);
  });

  test.each(['tls', 'starttls'] as const)('shows no credential to a server without TLS (%s)', async (security) => {
    const server = await start({ security: 'none' });
    const timings = { ...xmppTimings, connectMs: 1_000 };
    await expect(connect(server, { security }, timings)).rejects.toMatchObject({
      code: security === 'tls' ? expect.stringMatching(/channel(?:Insecure|Busy)/) : 'channelInsecure',
    });
    expect(server.heard()).not.toContain('<auth');
    expect(server.heard()).not.toContain('steward');
  });

  test('refuses a server for which somebody spoke behind the answer to STARTTLS', async () => {
    const mechanisms = `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>`;
    const injected = `<stream:features>${mechanisms}</stream:features>`;
    const server = await start({ security: 'starttls', injected });
    await expect(connect(server, { security: 'starttls' })).rejects.toMatchObject({ code: 'channelInsecure' });
    expect(server.heard()).not.toContain('<auth');
  });

  test('refuses a certificate that nobody vouches for, and one of another name', async () => {
    const server = await start();
    const insecure = { name: 'StewardError', code: 'channelInsecure' };
    const { tls: _, ...unknown } = xmppChannel(server);
    await expect(connectXmpp(unknown, new AbortController().signal)).rejects.toMatchObject(insecure);
    const elsewhere = { tls: { ca: throwawayCa().caFile, serverName: 'elsewhere.test' } };
    await expect(connect(server, elsewhere)).rejects.toMatchObject(insecure);
    await expect(connect(server, { tls: { ca: '/nowhere/ca.pem' } })).rejects.toMatchObject(insecure);
    expect(server.heard()).toBe('');
  });

  test('checks the certificate whatever a variable of the process says', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await start();
    const { tls: _, ...unknown } = xmppChannel(server);
    await expect(connectXmpp(unknown, new AbortController().signal)).rejects.toMatchObject({ code: 'channelInsecure' });
    expect(server.heard()).toBe('');
    expect((await connect(server)).account).toBe('steward@xmpp.test');
  });

  test.each([
    ['not-authorized', 'channelLoginRefused'],
    ['account-disabled', 'channelLoginRefused'],
    ['credentials-expired', 'channelLoginRefused'],
    ['invalid-authzid', 'channelLoginRefused'],
    ['invalid-mechanism', 'channelBusy'],
    ['mechanism-too-weak', 'channelBusy'],
    ['aborted', 'channelBusy'],
    ['of-no-rfc', 'channelBusy'],
    ['temporary-auth-failure', 'channelBusy'],
  ])('names a login that ended with %s', async (condition, code) => {
    const server = await start({ login: saslFailure(condition) });
    const failure = await connect(server).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'StewardError', code });
    expect((failure as Error).message).not.toMatch(/evil|pw-steward/);
  });

  test('calls a server busy that offers no way to log in that we know', async () => {
    const server = await start({ mechanisms: ['EXTERNAL'] });
    await expect(connect(server)).rejects.toMatchObject({ code: 'channelBusy' });
    expect(server.heard()).not.toContain('<auth');
  });

  test.each([
    ['XML that breaks', '<failure><a></b>'],
    ['an entity that is none', '<success>&evil;</success>'],
    ['a sign that no text has', '<success>&#0;</success>'],
    [
      'an error of the stream',
      `<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`,
    ],
    [
      'another host that is none',
      `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>[</see-other-host></stream:error>`,
    ],
    [
      'another host',
      `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:1</see-other-host></stream:error>`,
    ],
  ])('calls a server busy that answers with %s', async (_, login) => {
    const server = await start({ login });
    await expect(connect(server, {}, { ...xmppTimings, connectMs: 3_000 })).rejects.toMatchObject({
      code: 'channelBusy',
    });
  });

  test.each([
    ['XML that breaks', '<a></b>'],
    ['words', 'HTTP/1.1 400 Bad Request'],
    ['an entity that is none', `<stream:stream from='&evil;'>`],
    ['an error at once', `<stream:stream xmlns:stream='http://etherx.jabber.org/streams'><stream:error/>`],
  ])('calls a server busy that greets with %s', async (_, greeting) => {
    const server = await start({ greeting });
    await expect(connect(server, {}, { ...xmppTimings, connectMs: 1_500 })).rejects.toMatchObject({
      code: 'channelBusy',
    });
  });

  test('calls a server busy that gives us no resource', async () => {
    const refusal = `<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    const server = await start({ bind: (id) => `<iq type='error' id='${id}'>${refusal}</iq>` });
    await expect(connect(server)).rejects.toMatchObject({ code: 'channelBusy' });
  });

  test('gives up on a server that says nothing', async () => {
    const server = await start({ login: ' ' });
    const timings = { ...xmppTimings, connectMs: 500 };
    await expect(connect(server, {}, timings)).rejects.toMatchObject({ code: 'channelBusy' });
  });

  test('calls a server busy where nobody listens', async () => {
    const server = await scriptedXmpp();
    await server[Symbol.asyncDispose]();
    await expect(connect(server)).rejects.toMatchObject({ code: 'channelBusy' });
  });

  test('reads a sign that lies across two packets, and survives XML that breaks later', async () => {
    const server = await start();
    const link = await connectXmpp(xmppChannel(server), new AbortController().signal);
    const heard = new Promise<string | null>((resolve) => {
      link.onStanza((stanza) => resolve(stanza.getChildText('body')));
    });
    const bytes = Buffer.from(`<message from='owner@xmpp.test/a'><body>Grüße</body></message>`);
    const middle = bytes.indexOf('ü') + 1;
    server.write(bytes.subarray(0, middle));
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.write(bytes.subarray(middle));
    expect(await heard).toBe('Grüße');
    server.write(`<message><body>&nonsense;</body></message>`);
    await expect(link.lost).rejects.toMatchObject({ code: 'channelBusy' });
    await link.close();
  });

  test('lets nobody but the server answer what it was asked', async () => {
    const answer = (stanza: string) => {
      const id = /\sid="([^"]*)/.exec(stanza)?.[1];
      return id === undefined ? undefined : `<iq type='result' id='${id}' from='stranger@xmpp.test/x'><query/></iq>`;
    };
    const server = await start({ answer });
    const link = await connectXmpp(xmppChannel(server), new AbortController().signal);
    const { xml } = await import('@xmpp/client');
    await expect(link.ask('get', xml('query', 'any'))).rejects.toMatchObject({ code: 'channelBusy' });
    await link.close();
  });
});
