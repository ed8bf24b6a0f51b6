// Policy: sent is what somebody proved, and nothing is said twice out of doubt.
// - no answer after the content left is unknown; before it left it is again
// - a refusal for good is failed, with the word of the protocol and no text of the server
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { sendXmpp } from '../../../../../activities/channels/xmpp/send-xmpp.ts';
import { xmppTimings } from '../../../../../activities/channels/xmpp/xmpp-timings.ts';
import { saying } from '../../../../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../../../../schemas/chat-message.ts';
import { prosodyMissing } from '../../../../support/prosody.ts';
import { type ScriptedXmpp, scriptedXmpp, type XmppScript } from '../../../../support/scripted-xmpp.ts';
import { xmppChannel } from '../../../../support/xmpp-channel.ts';
import { type XmppFarSide, xmppFarSide } from '../../../../support/xmpp-far-side.ts';

const begins = async () => undefined;
const saysOf = (text: string, address = 'owner@xmpp.test'): OutgoingChat => ({
  id: `out-${randomUUID().replaceAll('-', '').slice(0, 26)}`,
  address,
  kind: 'direct',
  document: [saying(text)],
  text,
});
const timings = { ...xmppTimings, ackMs: 500, connectMs: 3_000 };

describe('sendXmpp() to a server of our own', () => {
  const open: ScriptedXmpp[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
  });
  const start = async (script: XmppScript = {}) => {
    const server = await scriptedXmpp(script);
    open.push(server);
    return server;
  };

  test('does not know what a server did that neither acknowledges nor keeps an archive', async () => {
    const server = await start();
    expect(await sendXmpp(xmppChannel(server), saysOf('hello'), begins, timings)).toMatchObject({ state: 'unknown' });
    expect(server.heard()).toContain('<body>hello</body>');
  });

  test('does not know what a server did that was cut off after the content', async () => {
    const answer = (stanza: string) => (stanza.startsWith('<message') ? '</stream:stream><broken' : undefined);
    const server = await start({ answer });
    expect(await sendXmpp(xmppChannel(server), saysOf('hello'), begins, timings)).toMatchObject({ state: 'unknown' });
  });

  test.each([
    ['acknowledges what was sent', "<a xmlns='urn:xmpp:sm:3' h='1'/>", 'sent'],
    ['acknowledges less than was sent', "<a xmlns='urn:xmpp:sm:3' h='0'/>", 'unknown'],
    ['acknowledges more than was sent', "<a xmlns='urn:xmpp:sm:3' h='99999999999'/>", 'sent'],
  ])('reads and survives a server that %s', async (_, acknowledgement, state) => {
    const answer = (stanza: string) => {
      if (stanza.startsWith('<enable')) return `<enabled xmlns='urn:xmpp:sm:3'/>`;
      return stanza.startsWith('<r') ? acknowledgement : undefined;
    };
    const server = await start({ answer, features: `<sm xmlns='urn:xmpp:sm:3'/>` });
    expect(await sendXmpp(xmppChannel(server), saysOf('hello'), begins, timings)).toMatchObject({ state });
    // Nobody comes back for a stream that was cut, so none is asked to wait.
    expect(server.heard()).not.toContain('resume');
  });

  test('believes an archive where a server does not acknowledge', async () => {
    const message = saysOf('hello');
    const answer = (stanza: string) => {
      const [id, queryid] = [/\sid="([^"]*)/.exec(stanza)?.[1], /queryid="([^"]*)/.exec(stanza)?.[1]];
      if (queryid === undefined) return undefined;
      const inner = `<message xmlns='jabber:client' from='steward@xmpp.test/one' id='${message.id}'><body>hello</body></message>`;
      const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`;
      return (
        `<message from='steward@xmpp.test'><result xmlns='urn:xmpp:mam:2' queryid='${queryid}' id='a1'>${forwarded}</result></message>` +
        `<iq type='result' id='${id}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`
      );
    };
    const server = await start({ answer });
    expect(await sendXmpp(xmppChannel(server), message, begins, timings)).toMatchObject({ state: 'sent' });
  });

  test.each([
    ['cancel', 'item-not-found', { state: 'failed', code: 'item-not-found' }],
    ['wait', 'resource-constraint', { state: 'again' }],
    ['cancel', 'Visit-Evil.example', { state: 'failed', code: 'undefined-condition' }],
  ])('reads a refusal of type %s with %s', async (type, condition, expected) => {
    const answer = (stanza: string) => {
      const id = /<message[^>]*\sid="([^"]*)/.exec(stanza)?.[1];
      const error = `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text>owner@xmpp.test is at evil.example</text></error>`;
      return id && `<message type='error' from='owner@xmpp.test' id='${id}'>${error}</message>`;
    };
    const result = await sendXmpp(xmppChannel(await start({ answer })), saysOf('hello'), begins, timings);
    expect(result).toMatchObject(expected);
    expect(JSON.stringify(result)).not.toMatch(/evil|owner/i);
  });

  test('does not take the refusal of somebody else for that of the message', async () => {
    const answer = (stanza: string) => {
      const id = /<message[^>]*\sid="([^"]*)/.exec(stanza)?.[1];
      const error = `<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
      return id && `<message type='error' from='stranger@xmpp.test' id='${id}'>${error}</message>`;
    };
    const result = await sendXmpp(xmppChannel(await start({ answer })), saysOf('hello'), begins, timings);
    expect(result.state).toBe('unknown');
  });

  test('waits where the connection is not safe, and fails where the login is refused', async () => {
    const plain = await start({ security: 'none' });
    const channel = xmppChannel(plain, { security: 'starttls' });
    expect(await sendXmpp(channel, saysOf('hello'), begins, timings)).toMatchObject({ state: 'again' });
    expect(plain.heard()).not.toContain('hello');
    const login = `<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>`;
    expect(await sendXmpp(xmppChannel(await start({ login })), saysOf('hello'), begins, timings)).toMatchObject({
      state: 'failed',
      code: 'channelLoginRefused',
    });
  });

  test('asks whether content may begin after all that comes before it, and before a word of it', async () => {
    const server = await start();
    let before = '';
    const began = async () => {
      before = server.heard();
    };
    await sendXmpp(xmppChannel(server), saysOf('hello'), began, timings);
    expect(before).toContain('xmpp-bind');
    expect(before).not.toContain('hello');
  });
});

const missing = prosodyMissing();
if (missing !== undefined) console.log(`skipped: XMPP on a real server: ${missing}`);

describe.skipIf(missing !== undefined)('sendXmpp() to a real Prosody', () => {
  let far: XmppFarSide;
  beforeAll(async () => {
    far = await xmppFarSide({ rooms: [] });
  });
  afterAll(() => far[Symbol.asyncDispose]());

  test('fails for an address that nobody has', async () => {
    const result = await sendXmpp(far.channel, saysOf('hello', 'nobody@xmpp.test'), begins);
    expect(result).toMatchObject({ state: 'failed', code: 'service-unavailable' });
  });

  test('carries what looks like markup, and drops signs that would end the stream', async () => {
    const text = 'a <b> & "c" </body></message> \u0000\u001b]0;x\u0007 \ud800 😀';
    expect(await sendXmpp(far.channel, saysOf(text), begins)).toMatchObject({ state: 'sent' });
    const [heard] = await far.heard();
    expect(heard!.text.replace(/\s+/g, ' ')).toBe('a <b> & "c" </body></message> ]0;x \ufffd 😀');
  });

  test('sends over STARTTLS as over direct TLS', async () => {
    const channel = { ...far.channel, port: far.server.port, security: 'starttls' as const };
    expect(await sendXmpp(channel, saysOf('upgraded'), begins)).toMatchObject({ state: 'sent' });
    expect((await far.heard()).map(({ text }) => text)).toContain('upgraded');
  });

  test('fails with the wrong password', async () => {
    const channel = { ...far.channel, password: 'wrong' };
    expect(await sendXmpp(channel, saysOf('never'), begins)).toMatchObject({ code: 'channelLoginRefused' });
  });

  test('does not know what a server did that froze, and findCopy() settles it', async () => {
    const message = saysOf('into the ice');
    const freeze = async () => far.server.freeze();
    try {
      const impatient = { ...timings, askMs: 500 };
      expect(await sendXmpp(far.channel, message, freeze, impatient)).toMatchObject({ state: 'unknown' });
    } finally {
      far.server.thaw();
    }
    await expect
      .poll(() => far.adapter.findCopy(far.channel, message), { timeout: 20_000, interval: 100 })
      .toMatchObject({ found: true });
  });
});
