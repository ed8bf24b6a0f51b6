// Policy: what was said on Matrix is taken in once and in order, whatever breaks, and what is sent is seen once.
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { serveMatrix } from '../../activities/channels/matrix/serve-matrix.ts';
import type { MatrixChannel } from '../../schemas/channel-file.ts';
import { saying } from '../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { chatLedger } from '../support/chat-ledger.ts';
import { type MatrixClient, matrixClient } from '../support/matrix-client.ts';
import { type MatrixFarSide, matrixFarSide } from '../support/matrix-far-side.ts';
import { chatAdapterContract } from './chat-adapter.ts';

chatAdapterContract(matrixFarSide);

const made = await matrixFarSide();
const far = made as MatrixFarSide;
if (typeof made === 'string') console.log(`skipped: Matrix on a real homeserver, ${made}`);
afterAll(async () => {
  if (typeof made !== 'string') await made[Symbol.asyncDispose]();
});

type Ledger = ReturnType<typeof chatLedger>;
const timings = { pollMs: 5_000, restMs: 50, timelineLimit: 50, gapPages: 300, joinAgainMs: 1_000 };

/** Connects, and resolves once all that was missed has been read. */
async function connect(
  ledger: Ledger,
  more: { channel?: Partial<MatrixChannel>; timelineLimit?: number; gapPages?: number } = {},
) {
  const { timelineLimit = timings.timelineLimit, gapPages = timings.gapPages } = more;
  const serve: typeof far.adapter.serve = (serving) => serveMatrix(serving, { ...timings, timelineLimit, gapPages });
  const session = ledger.serve({ ...far.adapter, serve }, { ...far.channel, ...more.channel });
  await session.up;
  return session;
}

const texts = (ledger: Ledger) => ledger.taken.map(({ text }) => text);
const hears = (ledger: Ledger, expected: string[]) =>
  expect.poll(() => texts(ledger), { timeout: 30_000 }).toEqual(expected);

let sent = 0;
function answer(text: string, address: string = far.directRoom): OutgoingChat {
  sent += 1;
  return { id: `out-${String(sent).padStart(26, '0')}`, address, kind: 'direct', document: [saying(text)], text };
}
async function newGuest() {
  sent += 1;
  return matrixClient(far.server.url, await far.server.register(`guest${sent}`));
}

async function invitationsOf(guest: MatrixClient): Promise<string[]> {
  const query = new URLSearchParams({ timeout: String(Math.ceil(performance.now())) });
  const { rooms } = (await guest.ask('GET', `/sync?${query}`)) as { rooms: { invite?: Record<string, unknown> } };
  return Object.keys(rooms.invite ?? {});
}

/** A room that send() made for a guest, who has come. */
async function roomOfOurs() {
  const guest = await newGuest();
  const sendNow = (text: string) => far.adapter.send(far.channel, answer(text, guest.userId), begins);
  expect(await sendNow('welcome')).toMatchObject({ state: 'sent' });
  const [room = ''] = await invitationsOf(guest);
  await guest.ask('POST', `/rooms/${room}/join`, {});
  return { guest, room, sendNow };
}

const begins = async () => undefined;
const copiesOf = async (id: string) => (await far.heard()).filter((heard) => heard.id === id).length;

describe.skipIf(typeof made === 'string')('on a real Synapse', () => {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = chatLedger();
    // First sight is a matter of the contract; what is tested here begins behind it.
    await using _first = await connect(ledger);
  });

  test('serve() gives a message of a room of two the place of the other', async () => {
    await using _session = await connect(ledger);
    await far.say('hello');
    await hears(ledger, ['hello']);
    const thread = { key: far.owner.userId, kind: 'direct', address: far.directRoom };
    expect(ledger.taken[0]).toMatchObject({ from: far.owner.userId, addressed: true, thread });
  });

  test('serve() hears whether it is named in a room', async () => {
    await using _session = await connect(ledger);
    await far.sayInRoom!('hello all');
    await far.sayInRoom!('steward: hello');
    await hears(ledger, ['hello all', 'steward: hello']);
    expect(ledger.taken.map(({ addressed }) => addressed)).toEqual([false, true]);
    expect(ledger.taken[0]?.thread).toEqual({ key: far.sharedRoom, kind: 'room', address: far.sharedRoom });
  });

  test('serve() sees that a room is no room of two any more', async () => {
    await using _session = await connect(ledger);
    const guest = await newGuest();
    const room = await guest.roomWith(far.steward);
    await guest.say(room, 'between us');
    await hears(ledger, ['between us']);
    await guest.ask('POST', `/rooms/${room}/invite`, { user_id: far.stranger.userId });
    await far.stranger.ask('POST', `/rooms/${room}/join`, {});
    await guest.say(room, 'among us');
    await hears(ledger, ['between us', 'among us']);
    expect(ledger.taken.map(({ thread }) => thread.kind)).toEqual(['direct', 'room']);
  });

  test('serve() loses nothing and keeps the order when a homeserver leaves most of it out', async () => {
    const said = Array.from({ length: 130 }, (_, at) => `message ${at}`);
    for (const text of said) await far.say(text);
    await using _session = await connect(ledger, { timelineLimit: 5 });
    expect(texts(ledger)).toEqual(said);
    expect(ledger.taken.some(({ incomplete }) => incomplete !== undefined)).toBe(false);
  });

  test('serve() reads all that a flood left out, and says so where it is more than is ever read', async () => {
    const whole = chatLedger([...ledger.cursors]);
    for (let group = 0; group < 33; group += 1) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => far.say(`flood ${group}.${at}`)));
    }
    {
      await using _session = await connect(whole, { timelineLimit: 5 });
    }
    expect(whole.taken).toHaveLength(660);
    expect(whole.taken.some(({ incomplete }) => incomplete !== undefined)).toBe(false);
    await using _session = await connect(ledger, { timelineLimit: 5, gapPages: 6 });
    expect(ledger.taken).toHaveLength(605);
    expect(ledger.taken[0]?.incomplete).toBe('Earlier messages of this room were left out: there were too many.');
    expect(ledger.taken.filter(({ incomplete }) => incomplete !== undefined)).toHaveLength(1);
  });

  test('serve() reads the words of the owner behind a flood of others', async () => {
    await far.owner.say(far.sharedRoom, 'before the flood');
    for (let group = 0; group < 33; group += 1) {
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => far.stranger.say(far.sharedRoom, `flood ${group}.${at}`)),
      );
    }
    await using _session = await connect(ledger, { timelineLimit: 5 });
    const own = ledger.taken.filter(({ from }) => from === far.owner.userId);
    expect(own.map(({ text, incomplete }) => [text, incomplete])).toEqual([['before the flood', undefined]]);
  });

  test('serve() throws channelLoginRefused for a token that is none, and for that of another', async () => {
    for (const token of ['no token', far.owner.token]) {
      await expect(connect(ledger, { channel: { token } })).rejects.toMatchObject({ code: 'channelLoginRefused' });
    }
    expect(ledger.taken).toEqual([]);
  });

  test('serve() joins where the owner invites it, and hears what was said from then on', async () => {
    const room = String((await far.owner.ask('POST', '/createRoom', { preset: 'private_chat' })).room_id);
    await far.owner.say(room, 'among us');
    await far.owner.ask('POST', `/rooms/${room}/invite`, { user_id: far.steward.userId });
    await far.owner.say(room, 'come in');
    await using _session = await connect(ledger);
    await hears(ledger, ['come in']);
    // One room of the two is enough for the tests that look for it.
    await far.owner.ask('POST', `/rooms/${room}/leave`, {});
  });

  test('serve() joins where the owner invited it before the cursor', async () => {
    const invite = [far.steward.userId];
    const room = String((await far.owner.ask('POST', '/createRoom', { preset: 'private_chat', invite })).room_id);
    const query = new URLSearchParams({ timeout: String(Math.ceil(performance.now())) });
    const { next_batch } = await far.steward.ask('GET', `/sync?${query}`);
    const kept = chatLedger([['archive', String(next_batch)]]);
    await using _session = await connect(kept);
    const path = `/rooms/${room}/state/m.room.member/${far.steward.userId}`;
    await expect.poll(() => far.owner.ask('GET', path), { timeout: 30_000 }).toMatchObject({ membership: 'join' });
    await far.owner.say(room, 'there you are');
    await hears(kept, ['there you are']);
    await far.owner.ask('POST', `/rooms/${room}/leave`, {});
  });

  test('serve() takes in what the owner said in a room before it put us out', async () => {
    const room = await far.owner.roomWith(far.steward);
    {
      await using _before = await connect(ledger);
    }
    await far.owner.say(room, 'one more thing');
    await far.owner.ask('POST', `/rooms/${room}/kick`, { user_id: far.steward.userId });
    await far.owner.say(room, 'alone again');
    await using _session = await connect(ledger);
    await hears(ledger, ['one more thing']);
    expect(ledger.taken[0]).toMatchObject({ from: far.owner.userId, addressed: true, thread: { kind: 'direct' } });
  });

  test('serve() leaves the invitation of a stranger alone', async () => {
    const invite = [far.steward.userId];
    const room = String((await far.stranger.ask('POST', '/createRoom', { preset: 'private_chat', invite })).room_id);
    await using _session = await connect(ledger);
    await far.say('meanwhile');
    await hears(ledger, ['meanwhile']);
    const path = `/rooms/${room}/state/m.room.member/${far.steward.userId}`;
    expect(await far.stranger.ask('GET', path)).toMatchObject({ membership: 'invite' });
  });

  test('serve() takes an edit by its author, and not one by another', async () => {
    await using _session = await connect(ledger);
    const said = await far.owner.say(far.sharedRoom, 'at five');
    const edit = (text: string) => ({
      ...{ msgtype: 'm.text', body: `* ${text}`, 'm.new_content': { msgtype: 'm.text', body: text } },
      'm.relates_to': { rel_type: 'm.replace', event_id: said },
    });
    await far.stranger.send(far.sharedRoom, edit('never'));
    await far.owner.send(far.sharedRoom, edit('at six'));
    await far.owner.say(far.sharedRoom, 'done');
    await hears(ledger, ['at five', 'at six', 'done']);
  });

  test('serve() hands over who took back what, also what was taken back while nothing was connected', async () => {
    const redact = (by: typeof far.owner, id: string) =>
      by.ask('PUT', `/rooms/${far.sharedRoom}/redact/${encodeURIComponent(id)}/${id.slice(1, 9)}`, {});
    let early = '';
    {
      await using _session = await connect(ledger);
      early = await far.owner.say(far.sharedRoom, 'at five');
      const foreign = await far.stranger.say(far.sharedRoom, 'at nine');
      await far.owner.say(far.sharedRoom, 'at six');
      await hears(ledger, ['at five', 'at nine', 'at six']);
      // The owner made the room, and may do so there.
      await redact(far.owner, foreign);
      await expect.poll(() => ledger.takenBack).toEqual([{ dedupeKey: foreign, by: far.owner.userId }]);
      expect(ledger.taken[1]).toMatchObject({ dedupeKey: foreign, from: far.stranger.userId });
    }
    await redact(far.owner, early);
    const late = await far.owner.say(far.sharedRoom, 'never mind');
    await redact(far.owner, late);
    await far.owner.say(far.sharedRoom, 'at seven');
    await using _session = await connect(ledger);
    await hears(ledger, ['at five', 'at nine', 'at six', 'at seven']);
    expect(ledger.takenBack.slice(1).map(({ dedupeKey }) => dedupeKey)).toEqual([early, late]);
  });

  test('serve() hears its own messages as proof of sending and never as messages', async () => {
    await using _session = await connect(ledger);
    const message = answer('my own words');
    await far.adapter.send(far.channel, message, begins);
    await far.say('heard you');
    await hears(ledger, ['heard you']);
    expect(ledger.cameBack).toEqual([message.id]);
  });

  test('serve() keeps the thread, and send() answers in it', async () => {
    await using _session = await connect(ledger);
    const root = await far.owner.say(far.sharedRoom, 'root');
    const inThread = { 'm.relates_to': { rel_type: 'm.thread', event_id: root } };
    await far.owner.say(far.sharedRoom, 'in the thread', inThread);
    await hears(ledger, ['root', 'in the thread']);
    const { thread } = ledger.taken[1]!;
    expect(thread.kind).toBe('thread');
    expect(await far.adapter.send(far.channel, answer('and my answer', thread.address), begins)).toMatchObject({
      state: 'sent',
    });
    const last = (await far.owner.messages(far.sharedRoom)).at(-1);
    expect(last?.content).toMatchObject({
      body: 'and my answer',
      'm.relates_to': { rel_type: 'm.thread', event_id: root },
    });
  });

  test('send() shows a message once however often it is sent, also by a homeserver that was killed', async () => {
    const message = answer('only once');
    for (let times = 0; times < 2; times += 1) {
      expect(await far.adapter.send(far.channel, message, begins)).toMatchObject({ state: 'sent' });
    }
    await far.kill();
    await far.restart();
    expect(await far.adapter.send(far.channel, message, begins)).toMatchObject({ state: 'sent' });
    expect(await copiesOf(message.id)).toBe(1);
  });

  test('findCopy() finds what was sent, by room and by person, and only there', async () => {
    const message = answer('find me');
    expect(await far.adapter.findCopy(far.channel, message)).toEqual({ found: false });
    await far.adapter.send(far.channel, message, begins);
    for (const address of [far.directRoom, far.ownerAddress]) {
      expect(await far.adapter.findCopy(far.channel, { ...message, address })).toMatchObject({ found: true });
    }
    expect(await far.adapter.findCopy(far.channel, { ...message, address: far.sharedRoom })).toEqual({ found: false });
    expect(await far.adapter.findCopy(far.channel, { ...message, address: '!nowhere:matrix.test' })).toEqual({
      found: false,
    });
  });

  test('findCopy() does not believe a marker that another wrote', async () => {
    const message = answer('never sent');
    await far.owner.say(far.directRoom, 'forged', { 'org.steward.id': message.id });
    expect(await far.adapter.findCopy(far.channel, message)).toEqual({ found: false });
  });

  test('send() to the owner finds the room of the two', async () => {
    const message = answer('good morning', far.ownerAddress);
    expect(await far.adapter.send(far.channel, message, begins)).toMatchObject({ state: 'sent' });
    expect(await copiesOf(message.id)).toBe(1);
  });

  test('send() to somebody without a room makes one, and one only', async () => {
    const guest = await newGuest();
    const [first, second] = [answer('welcome', guest.userId), answer('again', guest.userId)];
    const results = await Promise.all([first, second].map((one) => far.adapter.send(far.channel, one, begins)));
    for (const { state } of results) expect(['sent', 'again']).toContain(state);
    for (const one of [first, second]) {
      expect(await far.adapter.send(far.channel, one, begins)).toMatchObject({ state: 'sent' });
    }
    const [room, ...others] = await invitationsOf(guest);
    expect(others).toEqual([]);
    await guest.ask('POST', `/rooms/${room}/join`, {});
    expect((await guest.messages(room!)).map(({ content }) => content.body).sort()).toEqual(['again', 'welcome']);
  });

  test('send() invites whoever left its room', async () => {
    const { guest, room, sendNow } = await roomOfOurs();
    await guest.ask('POST', `/rooms/${room}/leave`, {});
    expect(await sendNow('come back')).toMatchObject({ state: 'sent' });
    expect(await invitationsOf(guest)).toEqual([room]);
  });

  test.each(['it is no more', 'a third came in'])('send() makes another room where %s', async (why) => {
    const { guest, room, sendNow } = await roomOfOurs();
    if (why === 'it is no more') await far.steward.ask('POST', `/rooms/${room}/leave`, {});
    else {
      await guest.ask('POST', `/rooms/${room}/invite`, { user_id: far.stranger.userId });
      await far.stranger.ask('POST', `/rooms/${room}/join`, {});
    }
    expect(await sendNow('to you alone')).toMatchObject({ state: 'again' });
    expect(await sendNow('to you alone')).toMatchObject({ state: 'sent' });
    const [other] = await invitationsOf(guest);
    expect(other).toMatch(/^!/);
    expect(other).not.toBe(room);
    expect((await guest.messages(room)).map(({ content }) => content.body)).toEqual(['welcome']);
  });

  test('send() puts nothing into an encrypted room', async () => {
    const room = await far.owner.roomWith(far.steward, far.stranger);
    const [before, after] = [answer('in the clear', room), answer('never in the clear', room)];
    expect(await far.adapter.send(far.channel, before, begins)).toMatchObject({ state: 'sent' });
    await far.owner.ask('PUT', `/rooms/${room}/state/m.room.encryption/`, { algorithm: 'm.megolm.v1.aes-sha2' });
    expect(await far.adapter.send(far.channel, after, begins)).toMatchObject({
      state: 'failed',
      code: 'roomEncrypted',
    });
    expect((await far.owner.messages(room)).map(({ content }) => content.body)).toEqual(['in the clear']);
  });

  test('send() fails for good in a room where it may not speak', async () => {
    const room = await far.owner.roomWith(far.steward, far.stranger);
    await far.owner.ask('POST', `/rooms/${room}/kick`, { user_id: far.steward.userId });
    const result = await far.adapter.send(far.channel, answer('hello?', room), begins);
    expect(result).toMatchObject({ state: 'failed', code: 'M_FORBIDDEN' });
  });
});
