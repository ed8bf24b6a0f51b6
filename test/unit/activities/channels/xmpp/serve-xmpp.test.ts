// Policy: the archive is the truth, live stanzas are hints, and a server without an archive is served as it comes.
// - forged pages and spoofed ids change nothing
// - on a real Prosody: many pages, an archive that lost its past, receipts, rooms, silence
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serveXmpp } from '../../../../../activities/channels/xmpp/serve-xmpp.ts';
import { xmppAdapter } from '../../../../../activities/channels/xmpp/xmpp-adapter.ts';
import { xmppTimings } from '../../../../../activities/channels/xmpp/xmpp-timings.ts';
import { saying } from '../../../../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../../../../schemas/chat-message.ts';
import { StewardError } from '../../../../../schemas/errors.ts';
import { chatLedger } from '../../../../support/chat-ledger.ts';
import { prosodyMissing } from '../../../../support/prosody.ts';
import { type ScriptedXmpp, scriptedXmpp, type XmppScript } from '../../../../support/scripted-xmpp.ts';
import { xmppChannel } from '../../../../support/xmpp-channel.ts';
import { type XmppFarSide, xmppFarSide, xmppRoom } from '../../../../support/xmpp-far-side.ts';

const patience = { timeout: 20_000, interval: 30 };
const textsOf = (ledger: ReturnType<typeof chatLedger>) => ledger.taken.map(({ text }) => text);
const say = (id: string, text: string, inside = '', from = 'owner@xmpp.test/a') =>
  `<message from='${from}' to='steward@xmpp.test' type='chat' id='${id}'><body>${text}</body>${inside}</message>`;
const hasty = {
  ...xmppAdapter,
  serve: (serving: Parameters<typeof serveXmpp>[0]) => serveXmpp(serving, { ...xmppTimings, askMs: 200 }),
};

/** The answer to a question to an archive: a page that is its last, with a message for each id. */
function archivePage(stanza: string, owner: string, ids: readonly string[], complete = true): string | undefined {
  const [id, queryid] = [/\sid="([^"]*)/.exec(stanza)?.[1], /queryid="([^"]*)/.exec(stanza)?.[1]];
  if (queryid === undefined) return undefined;
  const from = owner.startsWith('steward@') ? `owner@xmpp.test/a' type='chat` : `${owner}/owner' type='groupchat`;
  const results = ids.map((one) => {
    const inner = `<message xmlns='jabber:client' from='${from}' id='by-owner-${one}'><body>text ${one}</body></message>`;
    const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-25T10:00:00Z'/>${inner}</forwarded>`;
    return `<message from='${owner}'><result xmlns='urn:xmpp:mam:2' queryid='${queryid}' id='${one}'>${forwarded}</result></message>`;
  });
  const fin = `<fin xmlns='urn:xmpp:mam:2' complete='${complete}'><set xmlns='http://jabber.org/protocol/rsm'/></fin>`;
  return `${results.join('')}<iq type='result' id='${id}' from='${owner}'>${fin}</iq>`;
}

describe('serveXmpp() on a server of our own', () => {
  const open: ScriptedXmpp[] = [];
  afterEach(async () => {
    for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
  });
  const start = async (script: XmppScript = {}) => {
    const server = await scriptedXmpp(script);
    open.push(server);
    return server;
  };

  test('takes in live what no archive holds, and once', async () => {
    const server = await start();
    const ledger = chatLedger();
    await using session = ledger.serve(xmppAdapter, xmppChannel(server));
    await session.up;
    server.write(say('1', 'one') + say('1', 'one') + say('2', 'two'));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['one', 'two']);
    // Nobody but the archive could have named it, and there is none.
    server.write(say('3', 'three', `<stanza-id xmlns='urn:xmpp:sid:0' by='steward@xmpp.test' id='x'/>`));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['one', 'two', 'three']);
    expect(ledger.cursors.size).toBe(0);
  });

  test('leaves the history of a room without an archive, and no message whose sender wrote of a delay', async () => {
    const server = await start();
    const ledger = chatLedger();
    const room = 'lobby@rooms.xmpp.test';
    await using session = ledger.serve(xmppAdapter, xmppChannel(server, { rooms: [{ room, nick: 'steward' }] }));
    await session.up;
    const delay = (from: string) => `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='2026-11-24T10:00:00Z'/>`;
    const talk = (id: string, text: string, from: string) =>
      say(id, text, delay(from), `${room}/owner`).replace(`type='chat'`, `type='groupchat'`);
    server.write(talk('1', 'of yesterday', room) + talk('2', 'of today', 'owner@xmpp.test'));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['of today']);
  });

  test('is held up by no room that does not answer', async () => {
    const server = await start();
    const ledger = chatLedger();
    const rooms = [{ room: 'silent@rooms.xmpp.test', nick: 'steward' }];
    await using session = ledger.serve(xmppAdapter, xmppChannel(server, { rooms }));
    await session.up;
    expect(server.heard()).toContain('silent@rooms.xmpp.test/steward');
    server.write(say('1', 'one'));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['one']);
  });

  test('acknowledges to the owner after the ledger has it, and to no stranger', async () => {
    const server = await start();
    const ledger = chatLedger();
    await using session = ledger.serve(xmppAdapter, xmppChannel(server));
    await session.up;
    const request = `<request xmlns='urn:xmpp:receipts'/>`;
    server.write(say('s1', 'who are you', request, 'stranger@xmpp.test/x') + say('o1', 'hello', request));
    await expect.poll(() => server.heard(), patience).toContain('id="o1"');
    expect(textsOf(ledger)).toEqual(['who are you', 'hello']);
    expect(server.heard()).toContain('to="owner@xmpp.test/a"');
    expect(server.heard()).not.toContain('id="s1"');
  });

  test('acknowledges nothing that the ledger refused', async () => {
    const server = await start();
    const ledger = chatLedger();
    await using session = ledger.serve(xmppAdapter, xmppChannel(server));
    await session.up;
    ledger.failNext(new Error('the ledger is away'));
    server.write(say('o1', 'hello', `<request xmlns='urn:xmpp:receipts'/>`));
    expect((await session.ended).status).toBe('rejected');
    expect(server.heard()).not.toContain('id="o1"');
  });

  test('reads from the archive what the archive sends, and no page that somebody forged', async () => {
    const page = (from: string, queryid: string, id: string, text: string) => {
      const inner = `<message xmlns='jabber:client' from='owner@xmpp.test/a' type='chat' id='${id}'><body>${text}</body></message>`;
      const stamp = `<delay xmlns='urn:xmpp:delay' stamp='2026-11-25T10:00:00Z'/>`;
      const forwarded = `<forwarded xmlns='urn:xmpp:forward:0'>${stamp}${inner}</forwarded>`;
      return `<message from='${from}'><result xmlns='urn:xmpp:mam:2' queryid='${queryid}' id='${id}'>${forwarded}</result></message>`;
    };
    const answer = (stanza: string) => {
      const [id, queryid] = [/\sid="([^"]*)/.exec(stanza)?.[1], /queryid="([^"]*)/.exec(stanza)?.[1]];
      if (queryid === undefined) return undefined;
      const fin = `<fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'/></fin>`;
      const end = `<iq type='result' id='${id}' from='steward@xmpp.test'>${fin}</iq>`;
      // First sight; then one page with forgeries around it; then nothing more.
      if (stanza.includes('<before')) return page('steward@xmpp.test', queryid, 'a0', 'old') + end;
      if (!stanza.includes('<after>a0')) return end;
      return (
        page('stranger@xmpp.test', queryid, 'f1', 'forged by a stranger') +
        page('steward@xmpp.test/other', queryid, 'f2', 'forged by another device') +
        page('steward@xmpp.test', randomUUID(), 'f3', 'of another question') +
        page('steward@xmpp.test', queryid, 'a1', 'true') +
        end
      );
    };
    const server = await start({ answer });
    const ledger = chatLedger();
    await using session = ledger.serve(xmppAdapter, xmppChannel(server));
    await session.up;
    expect(textsOf(ledger)).toEqual(['true']);
    expect([...ledger.cursors]).toEqual([['archive', '2026-11-25T10:00:00Z a1']]);
  });
});

describe('serveXmpp() with a room that cannot be read', () => {
  const room = 'lobby@rooms.xmpp.test';
  const roomError = (condition: string) =>
    `<error type='wait'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

  test.each([
    ['swallows the question', () => ''],
    [
      'does not answer its server',
      (id: string) => `<iq type='error' id='${id}' from='${room}'>${roomError('remote-server-timeout')}</iq>`,
    ],
    ['lets a stranger answer', (id: string) => `<iq type='result' id='${id}' from='stranger@xmpp.test/x'/>`],
  ])('serves the account when one %s', async (_, refuse) => {
    const answer = (stanza: string) =>
      stanza.startsWith('<iq') && stanza.includes(`to="${room}"`)
        ? refuse(/\sid="([^"]*)/.exec(stanza)?.[1] ?? '')
        : undefined;
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    ledger.setCursor(room, '2026-11-25T10:00:00Z a1');
    await using session = ledger.serve(
      hasty,
      xmppChannel(server, { rooms: [{ room, nick: 'steward' }], readEvery: 200 }),
    );
    await session.up;
    const questions = () => server.heard().split('<query xmlns="urn:xmpp:mam:2"').length;
    const before = questions();
    server.write(say('1', 'one'));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['one']);
    // At each timed read the room is asked again.
    await expect.poll(questions, patience).toBeGreaterThan(before + 4);
    expect(ledger.cursors.get(room)).toBe('2026-11-25T10:00:00Z a1');
  });

  test('ends when the ledger refuses what a room said', async () => {
    const answer = (stanza: string) =>
      stanza.includes(`to="${room}"`) ? archivePage(stanza, room, ['a2']) : undefined;
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    ledger.setCursor(room, '2026-11-25T10:00:00Z a1');
    ledger.failNext(new StewardError('storeBusy', 'The ledger is away'));
    await using session = ledger.serve(hasty, xmppChannel(server, { rooms: [{ room, nick: 'steward' }] }));
    expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'storeBusy' } });
  });
});

describe('serveXmpp() with an archive that has no measure', () => {
  const room = 'lobby@rooms.xmpp.test';
  const me = 'steward@xmpp.test';
  const rooms = [{ room, nick: 'steward' }];
  const ownerOf = (stanza: string) => (stanza.includes(`to="${room}"`) ? room : me);
  const many = (count: number) => Array.from({ length: count }, (_, at) => `${at + 1}`);
  const start = () => {
    const ledger = chatLedger();
    for (const place of ['archive', room]) ledger.setCursor(place, '2026-11-25T09:00:00Z 0');
    return ledger;
  };

  test('ends where a page comes again', async () => {
    const answer = (stanza: string) => archivePage(stanza, ownerOf(stanza), ['1'], false);
    await using server = await scriptedXmpp({ answer });
    const ledger = start();
    await using session = ledger.serve(hasty, xmppChannel(server, { rooms }));
    await session.up;
    expect(textsOf(ledger)).toEqual(['text 1', 'text 1']);
  });

  test('reads on where one turn was not enough', async () => {
    const answer = (stanza: string) => {
      const next = Number(/<after>(\d+)/.exec(stanza)?.[1] ?? 0) + 1;
      return archivePage(stanza, ownerOf(stanza), next > 90 ? [] : [`${next}`], next >= 90);
    };
    await using server = await scriptedXmpp({ answer });
    const ledger = start();
    await using session = ledger.serve(hasty, xmppChannel(server, { rooms }));
    await session.up;
    const texts = many(90).map((id) => `text ${id}`);
    expect(textsOf(ledger).slice(0, 90)).toEqual(texts);
    await expect.poll(() => textsOf(ledger).slice(90), patience).toEqual(texts);
  });

  test.each([
    [100, 100],
    [101, 0],
  ])('takes from a room that sends %i messages for 50 %i, and serves the account on', async (sent, taken) => {
    const answer = (stanza: string) =>
      ownerOf(stanza) === me ? archivePage(stanza, me, []) : archivePage(stanza, room, many(sent));
    await using server = await scriptedXmpp({ answer });
    const ledger = start();
    await using session = ledger.serve(hasty, xmppChannel(server, { rooms }));
    await session.up;
    expect(ledger.taken).toHaveLength(taken);
    server.write(say('1', 'one'));
    await expect.poll(() => textsOf(ledger), patience).toContain('one');
  });

  test('drops a server whose own archive sends far more than was asked for', async () => {
    const answer = (stanza: string) => archivePage(stanza, me, many(101));
    await using server = await scriptedXmpp({ answer });
    await using session = start().serve(hasty, xmppChannel(server));
    expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
  });
});

describe('serveXmpp() at its timed reads', () => {
  const room = 'lobby@rooms.xmpp.test';
  const rooms = [{ room, nick: 'steward' }];
  const joins = (server: ScriptedXmpp) => server.heard().split(`<presence to="${room}/steward"`).length - 1;
  const enter = `<presence from='${room}/steward'><x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/></x></presence>`;
  const pong = (stanza: string, condition: string) => {
    const error = `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    return `<iq type='error' id='${/\sid="([^"]*)/.exec(stanza)?.[1]}' from='${room}/steward'>${error}</iq>`;
  };

  test('reads at its time also where there is always something new', async () => {
    await using server = await scriptedXmpp();
    const ledger = chatLedger();
    await using session = ledger.serve(hasty, xmppChannel(server, { readEvery: 300 }));
    await session.up;
    const questions = () => server.heard().split('urn:xmpp:mam:2').length;
    const before = questions();
    let count = 0;
    const chatter = setInterval(() => server.write(say(`${count++}`, 'again')), 20);
    try {
      await expect.poll(questions, patience).toBeGreaterThan(before + 2);
    } finally {
      clearInterval(chatter);
    }
  });

  test.each([
    ['joins a room again that lost us without a word', 'not-acceptable', true],
    ['joins no room again that we are in', 'service-unavailable', false],
  ])('%s', async (_, condition, again) => {
    let pings = 0;
    const answer = (stanza: string) => {
      if (stanza.startsWith(`<presence to="${room}/`)) return enter;
      if (!stanza.includes('urn:xmpp:ping')) return undefined;
      pings += 1;
      return pong(stanza, condition);
    };
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    await using session = ledger.serve(hasty, xmppChannel(server, { rooms, readEvery: 200 }));
    await session.up;
    await expect.poll(() => pings, patience).toBeGreaterThan(2);
    if (again) await expect.poll(() => joins(server), patience).toBeGreaterThan(2);
    else expect(joins(server)).toBe(1);
  });
});

describe('serveXmpp() with an archive that gives a message late', () => {
  const room = 'lobby@rooms.xmpp.test';
  const me = 'steward@xmpp.test';
  const named = (by: string, id: string) => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='${id}'/>`;

  test('takes in once what came before its archive could be read', async () => {
    let there = false;
    const answer = (stanza: string) => (there ? archivePage(stanza, me, ['x1', 'x2']) : undefined);
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    ledger.setCursor('archive', '2026-11-25T09:00:00Z x0');
    await using session = ledger.serve(hasty, xmppChannel(server, { readEvery: 200 }));
    await session.up;
    server.write(say('by-owner-x1', 'text x1', named(me, 'x1')));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['text x1']);
    there = true;
    await expect.poll(() => textsOf(ledger), patience).toEqual(['text x1', 'text x2']);
    expect(ledger.repeats).toBeGreaterThan(0);
  });

  test('takes in what an archive named and never gave, in a room by the address there', async () => {
    const answer = (stanza: string) => archivePage(stanza, stanza.includes(`to="${room}"`) ? room : me, []);
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    await using session = ledger.serve(hasty, xmppChannel(server, { rooms: [{ room, nick: 'steward' }] }));
    await session.up;
    const real = `<x xmlns='http://jabber.org/protocol/muc#user'><item jid='owner@xmpp.test'/></x>`;
    const inRoom = say('r1', 'there', named(room, 'r1') + real, `${room}/x`).replace(`type='chat'`, `type='groupchat'`);
    server.write(say('1', 'here', named(me, 'a1')) + inRoom);
    await expect.poll(() => textsOf(ledger), patience).toEqual(['here', 'there']);
    expect(ledger.taken.map(({ dedupeKey }) => dedupeKey)).toEqual(['archive a1', `archive ${room} r1`]);
    expect(ledger.taken[1]).toMatchObject({ from: `${room}/x` });
  });

  test('leaves what was said before the first sight of an archive, and takes the clean twin', async () => {
    const answer = (stanza: string) => archivePage(stanza, me, []);
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    await using session = ledger.serve(hasty, xmppChannel(server));
    await session.up;
    const delay = `<delay xmlns='urn:xmpp:delay' from='xmpp.test' stamp='2026-11-24T10:00:00Z'/>`;
    server.write(say('1', 'of yesterday', named(me, 'a1') + delay) + say('2', 'of today', named(me, 'a2')));
    await expect.poll(() => textsOf(ledger), patience).toEqual(['of today']);
  });

  test('takes from the archive alone what the archive gives', async () => {
    const answer = (stanza: string) => archivePage(stanza, me, stanza.includes('<after>a0') ? ['a1'] : []);
    await using server = await scriptedXmpp({ answer });
    const ledger = chatLedger();
    await using session = ledger.serve(hasty, xmppChannel(server));
    await session.up;
    ledger.setCursor('archive', '2026-11-25T09:00:00Z a0');
    server.write(say('by-owner-a1', 'text a1', named(me, 'a1')));
    server.write(say('2', 'and more'));
    await expect.poll(() => textsOf(ledger).toSorted(), patience).toEqual(['and more', 'text a1']);
    expect(ledger.repeats).toBe(0);
  });
});

const missing = prosodyMissing();
if (missing !== undefined) console.log(`skipped: XMPP on a real server: ${missing}`);

describe.skipIf(missing !== undefined)('serveXmpp() on a real Prosody', () => {
  let far: XmppFarSide;
  beforeAll(async () => {
    far = await xmppFarSide();
  });
  afterAll(() => far[Symbol.asyncDispose]());
  const roomMessage = (text: string): OutgoingChat => ({
    id: `out-${randomUUID().replaceAll('-', '').slice(0, 26)}`,
    address: xmppRoom,
    kind: 'room',
    document: [saying(text)],
    text,
  });

  test('reads many pages of what was missed, in order', async () => {
    const ledger = chatLedger();
    {
      await using session = ledger.serve(far.adapter, far.channel);
      await session.up;
    }
    const owner = await far.owner();
    const missed = Array.from({ length: 130 }, (_, at) => `missed ${at}`);
    for (const text of missed) owner.write(say(text, text).replace(`from='owner@xmpp.test/a' `, ''));
    await far.say('the last');
    await using session = ledger.serve(far.adapter, far.channel);
    await session.up;
    expect(textsOf(ledger)).toEqual([...missed, 'the last']);
    expect(ledger.repeats).toBe(0);
  });

  test('begins with an archive that is empty, and takes in the first message ever', async () => {
    await using fresh = await xmppFarSide({ rooms: [] });
    const ledger = chatLedger();
    await using session = ledger.serve(fresh.adapter, fresh.channel);
    await session.up;
    await fresh.say('the first words');
    await expect.poll(() => textsOf(ledger), patience).toEqual(['the first words']);
  });

  test('reads by time when the archive has lost its past', async () => {
    await using fresh = await xmppFarSide({ rooms: [] });
    const ledger = chatLedger();
    {
      await using session = ledger.serve(fresh.adapter, fresh.channel);
      await session.up;
      await fresh.say('known');
      await expect.poll(() => textsOf(ledger), patience).toEqual(['known']);
    }
    await fresh.kill();
    fresh.server.forgetArchive('steward');
    await fresh.restart();
    await fresh.say('said after the loss');
    await using session = ledger.serve(fresh.adapter, fresh.channel);
    await session.up;
    expect(textsOf(ledger)).toEqual(['known', 'said after the loss']);
  });

  test('takes in a message that its sender wants kept nowhere', async () => {
    const ledger = chatLedger();
    await using session = ledger.serve(far.adapter, far.channel);
    await session.up;
    const noStore = `<no-store xmlns='urn:xmpp:hints'/>`;
    await (await far.owner()).say(far.channel.jid, 'between us', { inside: noStore });
    await far.say('and this for ever');
    await expect.poll(() => textsOf(ledger).toSorted(), patience).toEqual(['and this for ever', 'between us']);
  });

  test('acts on an id that a stranger claims for our archive as on any message', async () => {
    const ledger = chatLedger();
    await using session = ledger.serve(far.adapter, far.channel);
    await session.up;
    const spoofed = `<stanza-id xmlns='urn:xmpp:sid:0' by='${far.channel.jid}' id='spoofed'/>`;
    await (await far.stranger()).say(far.channel.jid, 'with a false id', { inside: spoofed });
    await far.say('with a true one');
    await expect.poll(() => textsOf(ledger), patience).toEqual(['with a false id', 'with a true one']);
    expect(ledger.taken.map(({ dedupeKey }) => dedupeKey).join()).not.toContain('spoofed');
  });

  test('answers the request of the owner for a receipt', async () => {
    const ledger = chatLedger();
    await using session = ledger.serve(far.adapter, far.channel);
    await session.up;
    const owner = await far.owner();
    owner.write('<presence/>');
    const id = randomUUID();
    await owner.say(far.channel.jid, 'did you get it', { id, inside: `<request xmlns='urn:xmpp:receipts'/>` });
    await owner.until(new RegExp(`<received[^>]*id=['"]${id}`));
    expect(textsOf(ledger)).toEqual(['did you get it']);
  });

  test('hears a room where it is named, by the real address, and knows its own words there again', async () => {
    const ledger = chatLedger();
    await using session = ledger.serve(far.adapter, far.channel);
    await session.up;
    await far.sayInRoom!('steward, are you there?');
    await expect.poll(() => textsOf(ledger), patience).toEqual(['steward, are you there?']);
    expect(ledger.taken[0]).toMatchObject({ addressed: true, from: far.ownerAddress, thread: { key: xmppRoom } });
    const answer = roomMessage('yes');
    expect(await far.adapter.send(far.channel, answer, async () => undefined)).toMatchObject({ state: 'sent' });
    await expect.poll(() => ledger.cameBack, patience).toContain(answer.id);
    expect(await far.adapter.findCopy(far.channel, answer)).toMatchObject({ found: true });
    expect(textsOf(ledger)).toHaveLength(1);
  });

  test('comes back into a room that it was thrown out of', async () => {
    await using fresh = await xmppFarSide();
    const send = () => fresh.adapter.send(fresh.channel, roomMessage('here again'), async () => undefined);
    // Whoever comes first owns the room.
    await fresh.sayInRoom!('my room');
    const ledger = chatLedger();
    await using session = ledger.serve(fresh.adapter, fresh.channel);
    await session.up;
    const owner = await fresh.owner();
    const kick = `<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='steward' role='none'/></query>`;
    expect(await owner.ask(kick, { type: 'set', to: xmppRoom })).toMatch(/type=['"]result/);
    const first = await send();
    expect(first.state).toMatch(/^(?:sent|again)$/);
    if (first.state === 'again') expect(await send()).toMatchObject({ state: 'sent' });
    await fresh.sayInRoom!('welcome back');
    await expect.poll(() => textsOf(ledger), patience).toEqual(['welcome back']);
  });

  test('comes back by itself into a room that it was thrown out of', async () => {
    await using fresh = await xmppFarSide();
    await fresh.sayInRoom!('my room');
    const ledger = chatLedger();
    await using session = ledger.serve(fresh.adapter, { ...fresh.channel, readEvery: 300 });
    await session.up;
    const owner = await fresh.owner();
    const kick = `<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='steward' role='none'/></query>`;
    const throwOut = () => owner.ask(kick, { type: 'set', to: xmppRoom });
    // The second time succeeds only where somebody is to be thrown out.
    await expect.poll(throwOut, patience).toMatch(/type=['"]result/);
    await expect.poll(throwOut, patience).toMatch(/type=['"]result/);
  });

  test('sends into a room without a connection that serves', async () => {
    const message = roomMessage('from outside');
    expect(await far.adapter.send(far.channel, message, async () => undefined)).toMatchObject({ state: 'sent' });
    expect(await far.adapter.findCopy(far.channel, message)).toMatchObject({ found: true });
    expect(await far.adapter.findCopy(far.channel, roomMessage('never'))).toEqual({ found: false });
  });

  test('counts a server that falls silent as lost', async () => {
    const ledger = chatLedger();
    const timings = { ...xmppTimings, silenceMs: 300 };
    const impatient = {
      ...far.adapter,
      serve: (serving: Parameters<typeof serveXmpp>[0]) => serveXmpp(serving, timings),
    };
    await using session = ledger.serve(impatient, far.channel);
    await session.up;
    far.server.freeze();
    try {
      expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
    } finally {
      far.server.thaw();
    }
  });
});
