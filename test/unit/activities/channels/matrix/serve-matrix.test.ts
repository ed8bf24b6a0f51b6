// Policy: whatever a homeserver or a stranger sends, the rest is read, and the cursor moves with what was taken.
import { expect, onTestFinished, test } from 'vitest';
import { matrixAdapter } from '../../../../../activities/channels/matrix/matrix-adapter.ts';
import { serveMatrix } from '../../../../../activities/channels/matrix/serve-matrix.ts';
import type { MatrixChannel } from '../../../../../schemas/channel-file.ts';
import { chatLedger } from '../../../../support/chat-ledger.ts';
import {
  eventOf,
  type ScriptedHomeserver,
  scripted,
  scriptedHomeserver,
  textOf,
} from '../../../../support/scripted-homeserver.ts';

const { us, owner, room } = scripted;

async function scriptedServer() {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.on(`/rooms/${room}/joined_members`, [200, { joined: { [us]: {}, [owner]: {} } }]);
  return server;
}

/** Answers one sync after another; when they are used up the next one stays open. Those without a token begin. */
function syncs(server: ScriptedHomeserver, answers: readonly unknown[], pending: object = {}) {
  const left = [...answers];
  server.on('/sync', (path) => {
    if (!path.includes('since=')) return [200, { next_batch: 'begun', rooms: { invite: pending } }];
    return left.length === 0 ? 'silent' : [200, left.shift()];
  });
}

function connect(ledger: ReturnType<typeof chatLedger>, channel: MatrixChannel, restMs = 1, joinAgainMs = 1) {
  const timings = { pollMs: 5_000, restMs, timelineLimit: 50, gapPages: 300, joinAgainMs };
  return ledger.serve({ ...matrixAdapter, serve: (serving) => serveMatrix(serving, timings) }, channel);
}

const roundOf = (next: string, events: readonly unknown[], more: object = {}) => ({
  ...{ next_batch: next, rooms: { join: { [room]: { timeline: { events, ...more } } } } },
});
const asked = ({ requests }: ScriptedHomeserver, path: string) => requests.filter((one) => one.path.includes(path));
const joinsAt = ({ requests }: ScriptedHomeserver) =>
  requests.map(({ path }) => decodeURIComponent(path)).filter((path) => path.endsWith('/join'));
const invitedBy = (sender: unknown, more: object = {}) => ({
  invite_state: {
    events: [{ type: 'm.room.member', state_key: us, sender, content: { membership: 'invite' }, ...more }],
  },
});
const hears = async (ledger: ReturnType<typeof chatLedger>, texts: string[]) =>
  expect.poll(() => ledger.taken.map(({ text }) => text), { timeout: 20_000 }).toEqual(texts);

test('serveMatrix() takes each round in with its token, and asks on from there', async () => {
  const server = await scriptedServer();
  syncs(server, [roundOf('one', [eventOf(textOf('first'))]), roundOf('two', [eventOf(textOf('second'))])]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['first', 'second']);
  expect(ledger.cursors.get('archive')).toBe('two');
  await expect.poll(() => asked(server, '/sync').length).toBe(4);
  const since = asked(server, '/sync').map(({ path }) => new URL(path, 'http://a').searchParams.get('since'));
  expect(since).toEqual([null, 'begun', 'one', 'two']);
});

test('serveMatrix() reads the well-formed between what is not', async () => {
  const server = await scriptedServer();
  const broken = [
    null,
    7,
    [],
    {},
    eventOf({}, { sender: 5 }),
    eventOf([] as unknown as object),
    eventOf({ msgtype: 'm.text' }),
  ];
  syncs(server, [
    { next_batch: 'a', rooms: 'none' },
    { next_batch: 'b', rooms: { join: [1], invite: { '!x:y': { invite_state: { events: 'no' } } } } },
    {
      next_batch: 'c',
      rooms: { join: { '!x:y': { timeline: { events: { 0: 'no' }, limited: 'yes' } }, '!z:y': null } },
    },
    { next_batch: 'e', rooms: { join: { '../..': { timeline: { events: [eventOf(textOf('from nowhere'))] } } } } },
    roundOf('d', [...broken, eventOf(textOf('still here')), ...broken]),
  ]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['still here']);
  expect(ledger.cursors.get('archive')).toBe('d');
});

test.each([[[]], ['null'], [{}], [{ next_batch: 7 }], [{ next_batch: '' }]])(
  'serveMatrix() throws channelBusy for the sync %j, and moves no cursor',
  async (answer) => {
    const server = await scriptedServer();
    syncs(server, [answer]);
    const ledger = chatLedger();
    const session = connect(ledger, server.channel);
    expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
    expect(ledger.cursors.get('archive')).toBe('begun');
  },
);

test('serveMatrix() merges rooms by time and keeps the order within each', async () => {
  const server = await scriptedServer();
  const said = (body: string, at: number) => eventOf(textOf(body), { origin_server_ts: at });
  const join = {
    '!one:y': { timeline: { events: [said('1', 100), said('back in time', 1), said('5', 500)] } },
    '!two:y': { timeline: { events: [said('2', 200), said('3', 300)] } },
  };
  syncs(server, [{ next_batch: 'a', rooms: { join } }]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['1', 'back in time', '2', '3', '5']);
});

test('serveMatrix() joins where its owner invites it and nowhere else', async () => {
  const server = await scriptedServer();
  const rooms = {
    invite: {
      '!owner:y': invitedBy(owner),
      '!stranger:y': invitedBy('@stranger:y'),
      '!forged:y': invitedBy({ toString: owner }),
      '!another:y': invitedBy(owner, { state_key: '@another:y' }),
      '!knock:y': invitedBy(owner, { content: { membership: 'knock' } }),
    },
  };
  syncs(server, [{ next_batch: 'a', rooms }, { next_batch: 'b' }]);
  server.on('/rooms/!owner:y/join', [200, {}]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await expect.poll(() => ledger.cursors.get('archive')).toBe('b');
  await expect.poll(() => joinsAt(server)).toEqual(['/_matrix/client/v3/rooms/!owner:y/join']);
});

test('serveMatrix() tries to join again later, and reads on meanwhile', async () => {
  const server = await scriptedServer();
  const rooms = { invite: { '!far:y': invitedBy(owner) } };
  const joins = [502, 200];
  server.on('/rooms/!far:y/join', () => [joins.shift()!, {}]);
  let rounds = 0;
  server.on('/sync', () => {
    rounds += 1;
    if (rounds === 1) return [200, { next_batch: 'begun' }];
    if (rounds === 2) return [200, { next_batch: 'a', rooms }];
    return joins.length === 0 ? 'silent' : [200, roundOf(`on-${rounds}`, [eventOf(textOf('meanwhile'))])];
  });
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await expect.poll(() => joins).toEqual([]);
  expect(ledger.taken[0]?.text).toBe('meanwhile');
});

test('serveMatrix() does not try to join again before the time for it', async () => {
  const server = await scriptedServer();
  const rooms = { invite: { '!far:y': invitedBy(owner) } };
  server.on('/rooms/!far:y/join', [502, {}]);
  let rounds = 0;
  server.on('/sync', () => {
    rounds += 1;
    return rounds > 50
      ? 'silent'
      : [200, { ...roundOf(`on-${rounds}`, [eventOf(textOf('on'))]), ...(rounds === 2 && { rooms }) }];
  });
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel, 1, 3_600_000);
  await expect.poll(() => ledger.cursors.get('archive')).toBe('on-50');
  expect(joinsAt(server)).toHaveLength(1);
});

test('serveMatrix() joins on a reconnect where its owner invited it earlier, and nowhere else', async () => {
  const server = await scriptedServer();
  const pending = { '!owner:y': invitedBy(owner), '!stranger:y': invitedBy('@stranger:y') };
  const first = chatLedger();
  syncs(server, [{ next_batch: 'a' }]);
  {
    await using session = connect(first, server.channel);
    await session.up;
  }
  syncs(server, [roundOf('b', [eventOf(textOf('on'))])], pending);
  server.on('/rooms/!owner:y/join', [200, {}]);
  await using _session = connect(first, server.channel);
  await expect.poll(() => joinsAt(server)).toEqual(['/_matrix/client/v3/rooms/!owner:y/join']);
  await hears(first, ['on']);
  expect(first.cursors.get('archive')).toBe('b');
});

test('serveMatrix() looks again for earlier invitations when that failed, and reads on meanwhile', async () => {
  const server = await scriptedServer();
  const first = chatLedger();
  syncs(server, [{ next_batch: 'a' }]);
  {
    await using session = connect(first, server.channel);
    await session.up;
  }
  const looks = [502, 200];
  server.on('/sync', (path) => {
    const rooms = { invite: { '!owner:y': invitedBy(owner) } };
    if (!path.includes('since=')) return [looks.shift()!, { next_batch: 'x', rooms }];
    return looks.length === 0 ? 'silent' : [200, roundOf(`on-${path.length}`, [eventOf(textOf('on'))])];
  });
  await using _session = connect(first, server.channel);
  await expect.poll(() => joinsAt(server)).toHaveLength(1);
  expect(first.taken[0]?.text).toBe('on');
});

test('serveMatrix() takes messages in while a homeserver is silent about a join, and ends without its answer', async () => {
  const server = await scriptedServer();
  const rooms = { invite: { '!dead:y': invitedBy(owner) } };
  server.on('/rooms/!dead:y/join', () => 'silent');
  syncs(server, [
    { next_batch: 'a', rooms },
    roundOf('b', [eventOf(textOf('one'))]),
    roundOf('c', [eventOf(textOf('two'))]),
  ]);
  const ledger = chatLedger();
  {
    await using _session = connect(ledger, server.channel);
    await hears(ledger, ['one', 'two']);
  }
  expect(joinsAt(server)).toHaveLength(1);
});

test('serveMatrix() reads a gap back to where it came into the room and no further', async () => {
  const server = await scriptedServer();
  const entry = eventOf({ membership: 'invite' }, { type: 'm.room.member', state_key: us });
  const chunk = [eventOf(textOf('let us begin')), entry, eventOf(textOf('before we came'))];
  server.on(`/rooms/${room}/messages`, [200, { chunk, end: 'more' }]);
  syncs(server, [roundOf('a', [eventOf(textOf('now'))], { limited: true, prev_batch: 'gap' })]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['let us begin', 'now']);
  expect(asked(server, '/messages')).toHaveLength(1);
  const { searchParams } = new URL(asked(server, '/messages')[0]!.path, 'http://a');
  expect(Object.fromEntries(searchParams)).toMatchObject({ dir: 'b', from: 'gap', to: 'begun' });
});

test('serveMatrix() takes in nothing that was said in a room before it came there', async () => {
  const server = await scriptedServer();
  const member = (membership: string, before?: string) => {
    const unsigned = before === undefined ? {} : { prev_content: { membership: before } };
    return eventOf({ membership }, { type: 'm.room.member', state_key: us, unsigned });
  };
  const [early, late] = [eventOf(textOf('before we came')), eventOf(textOf('come in'))];
  syncs(server, [roundOf('a', [early, member('invite'), late, member('join', 'invite'), eventOf(textOf('welcome'))])]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['come in', 'welcome']);
});

test('serveMatrix() asks again who is in a room when somebody came or went, and not before', async () => {
  const server = await scriptedServer();
  const third = eventOf({ membership: 'join' }, { type: 'm.room.member', state_key: '@third:matrix.test' });
  const joined = [
    { [us]: {}, [owner]: {} },
    { [us]: {}, [owner]: {}, '@third:matrix.test': {} },
  ];
  server.on(`/rooms/${room}/joined_members`, () => [200, { joined: joined.shift() }]);
  syncs(server, [
    roundOf('a', [eventOf(textOf('one'))]),
    roundOf('b', [eventOf(textOf('two'))]),
    roundOf('c', [third, eventOf(textOf('three'))]),
  ]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['one', 'two', 'three']);
  expect(ledger.taken.map(({ thread }) => thread.kind)).toEqual(['direct', 'direct', 'room']);
});

test('serveMatrix() ends a gap that a homeserver never ends', async () => {
  const server = await scriptedServer();
  let page = 0;
  server.on(`/rooms/${room}/messages`, () => {
    page += 1;
    return [200, { chunk: [eventOf(textOf(`page ${page}`))], end: `page-${page}` }];
  });
  syncs(server, [roundOf('a', [eventOf(textOf('now'))], { limited: true, prev_batch: 'gap' })]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await expect.poll(() => ledger.taken.at(-1)?.text).toBe('now');
  expect(ledger.taken).toHaveLength(301);
  expect(ledger.taken[0]?.incomplete).toContain('there were too many');
});

const sendersOf = (server: ScriptedHomeserver) =>
  asked(server, '/messages').map(({ path }) => {
    const filter = JSON.parse(new URL(path, 'http://a').searchParams.get('filter')!) as { senders?: string[] };
    return filter.senders;
  });
const third = '@third:matrix.test';
const limited = { limited: true, prev_batch: 'gap' };

test.each([
  ['a room of the owner', [us, owner], [owner, us]],
  ['a room of more', [us, owner, third], [owner, us]],
  ['a room of two with somebody else, who may have been paired', [us, third], undefined],
])('serveMatrix() reads the gap of %s by the senders that count there', async (_which, members, expected) => {
  const server = await scriptedServer();
  server.on(`/rooms/${room}/joined_members`, [200, { joined: Object.fromEntries(members.map((one) => [one, {}])) }]);
  server.on(`/rooms/${room}/messages`, [200, { chunk: [eventOf(textOf('missed'))] }]);
  syncs(server, [roundOf('a', [eventOf(textOf('now'))], limited)]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['missed', 'now']);
  expect(sendersOf(server)).toEqual([expected]);
});

test('serveMatrix() marks the first message of the owner when more was left out, whoever spoke before', async () => {
  const server = await scriptedServer();
  let page = 0;
  server.on(`/rooms/${room}/messages`, () => {
    page += 1;
    return [200, { chunk: [], end: `page-${page}` }];
  });
  const other = eventOf(textOf('flood'), { sender: third });
  syncs(server, [roundOf('a', [other, eventOf(textOf('one')), eventOf(textOf('two'))], limited)]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['flood', 'one', 'two']);
  const marked = ledger.taken.filter(({ from, incomplete }) => from === owner && incomplete !== undefined);
  expect(marked.map(({ text }) => text)).toEqual(['one']);
});

test.each([
  [third, ['welcome', 'now']],
  [owner, ['before the join', 'welcome', 'now']],
])('serveMatrix() reads a gap back to the join where %s invited it', async (inviter, expected) => {
  const server = await scriptedServer();
  const unsigned = { prev_content: { membership: 'invite' }, prev_sender: inviter };
  const join = eventOf({ membership: 'join' }, { type: 'm.room.member', state_key: us, sender: us, unsigned });
  const chunk = [eventOf(textOf('welcome')), join, eventOf(textOf('before the join'))];
  server.on(`/rooms/${room}/messages`, [200, { chunk }]);
  syncs(server, [roundOf('a', [eventOf(textOf('now'))], limited)]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  // Merged by time, which a gap keeps.
  await hears(ledger, expected);
});

/** One byte over what is read of an answer. */
const tooLarge = ' '.repeat(67_108_865);
const limitOf = (path: string) =>
  (
    JSON.parse(new URL(path, 'http://a').searchParams.get('filter')!) as {
      room: { timeline: { limit?: number } };
    }
  ).room.timeline.limit;

test('serveMatrix() asks for less of each room when a sync is too large, and for all again afterwards', async () => {
  const server = await scriptedServer();
  const answers = [tooLarge, tooLarge, roundOf('a', [eventOf(textOf('large'))])];
  server.on('/sync', (path) => {
    if (!path.includes('since=')) return [200, { next_batch: 'begun' }];
    return answers.length === 0 ? 'silent' : [200, answers.shift()];
  });
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['large']);
  await expect.poll(() => asked(server, '/sync').map(({ path }) => limitOf(path))).toEqual([1, 50, 5, 1, 50]);
}, 30_000);

test('serveMatrix() throws channelBusy for a sync that is too large whatever is asked for', async () => {
  const server = await scriptedServer();
  server.on('/sync', (path) => [200, path.includes('since=') ? tooLarge : { next_batch: 'begun' }]);
  const ledger = chatLedger();
  const session = connect(ledger, server.channel);
  expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
  expect([asked(server, '/sync').length, ledger.cursors.get('archive')]).toEqual([4, 'begun']);
}, 30_000);

const membership = (who: string, is: string, sender = owner) =>
  eventOf({ membership: is }, { type: 'm.room.member', state_key: who, sender });
const leftRound = (next: string, events: readonly unknown[]) => ({
  ...{ next_batch: next, rooms: { leave: { [room]: { timeline: { events } } } } },
});

test.each([
  ['the two', [owner], 'direct'],
  ['more', [owner, third], 'room'],
])('serveMatrix() takes in what was said in a room of %s before it was put out', async (_who, rest, kind) => {
  const server = await scriptedServer();
  server.on(`/rooms/${room}/joined_members`, [403, { errcode: 'M_FORBIDDEN' }]);
  server.on(`/rooms/${room}/members`, [200, { chunk: rest.map((one) => membership(one, 'join')) }]);
  const [last, after] = [eventOf(textOf('one more thing')), eventOf(textOf('among ourselves'))];
  syncs(server, [leftRound('a', [last, membership(us, 'leave'), after])]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['one more thing']);
  expect(ledger.taken[0]).toMatchObject({ from: owner, thread: { kind } });
  expect(ledger.cursors.get('archive')).toBe('a');
});

test('serveMatrix() goes on where it may not look into a room that it was put out of', async () => {
  const server = await scriptedServer();
  server.on(`/rooms/${room}/joined_members`, [403, { errcode: 'M_FORBIDDEN' }]);
  server.on(`/rooms/${room}/members`, [403, { errcode: 'M_FORBIDDEN' }]);
  const gone = [null, { timeline: { events: 'none' } }, { timeline: { events: [membership(us, 'ban')] } }];
  const leave = Object.fromEntries(gone.map((one, at) => [`!gone${at}:y`, one]));
  syncs(server, [
    { next_batch: 'a', rooms: { leave } },
    leftRound('b', [eventOf(textOf('bye')), membership(us, 'ban')]),
  ]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['bye']);
  expect(ledger.cursors.get('archive')).toBe('b');
});

test('serveMatrix() moves no cursor when a gap cannot be read, and goes on where it may not be read', async () => {
  const server = await scriptedServer();
  const round = roundOf('a', [eventOf(textOf('now'))], { limited: true, prev_batch: 'gap' });
  syncs(server, [round, round]);
  server.on(`/rooms/${room}/messages`, [500, {}]);
  const ledger = chatLedger();
  const session = connect(ledger, server.channel);
  expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
  expect([ledger.taken, ledger.cursors.get('archive')]).toEqual([[], 'begun']);
  server.on(`/rooms/${room}/messages`, [403, { errcode: 'M_FORBIDDEN' }]);
  await using _again = connect(ledger, server.channel);
  await hears(ledger, ['now']);
});

test('serveMatrix() gives its own messages back by marker, then by transaction, and takes none in', async () => {
  const server = await scriptedServer();
  const own = (content: object, unsigned: object = {}) => eventOf(content, { sender: us, unsigned });
  const forged = eventOf(textOf('forged', { 'org.steward.id': 'out-forged' }), {
    unsigned: { transaction_id: 'out-x' },
  });
  syncs(server, [
    roundOf('a', [
      own(textOf('1', { 'org.steward.id': 'out-1' }), { transaction_id: 'other' }),
      own(textOf('2'), { transaction_id: 'out-2' }),
      own(textOf('3', { 'org.steward.id': { id: 1 } })),
      forged,
    ]),
  ]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server.channel);
  await hears(ledger, ['forged']);
  expect(ledger.cameBack).toEqual(['out-1', 'out-2']);
});

test('serveMatrix() rests when a homeserver answers at once with nothing', async () => {
  const server = await scriptedServer();
  server.on('/sync', [200, { next_batch: 'same' }]);
  const ledger = chatLedger();
  await using session = connect(ledger, server.channel, 60_000);
  await session.up;
  // First sight, what was missed, and the first that waits; the fourth would be the next one after the rest.
  await expect.poll(() => asked(server, '/sync').length).toBe(3);
  // Round trips in which it would have asked again.
  for (let trips = 0; trips < 50; trips += 1) await fetch(server.url);
  expect(asked(server, '/sync')).toHaveLength(3);
});

test('serveMatrix() reads nothing with the token of another account', async () => {
  const server = await scriptedServer();
  server.on('/account/whoami', [200, { user_id: owner }]);
  const session = connect(chatLedger(), server.channel);
  expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelLoginRefused' } });
  expect(asked(server, '/sync')).toEqual([]);
});
