// Policy: a receipt counts for one of our own messages, from whoever may count; nothing else in it does anything.
import { expect, onTestFinished, test } from 'vitest';
import { matrixAdapter } from '../../../../../activities/channels/matrix/matrix-adapter.ts';
import { serveMatrix } from '../../../../../activities/channels/matrix/serve-matrix.ts';
import { chatLedger } from '../../../../support/chat-ledger.ts';
import {
  eventOf,
  type ScriptedHomeserver,
  scripted,
  scriptedHomeserver,
  textOf,
} from '../../../../support/scripted-homeserver.ts';

const { us, owner, room } = scripted;
const stranger = '@stranger:matrix.test';
const patience = { timeout: 20_000 };

/** A homeserver that has these rounds for the owner, us and a stranger in one room, and then nothing more. */
async function serverWith(rounds: readonly object[]) {
  const server = await scriptedHomeserver();
  onTestFinished(() => server[Symbol.asyncDispose]());
  server.on(`/rooms/${room}/joined_members`, [200, { joined: { [us]: {}, [owner]: {}, [stranger]: {} } }]);
  const left = [...rounds];
  server.on('/sync', (path) => {
    if (!path.includes('since=')) return [200, { next_batch: 'begun' }];
    return left.length === 0 ? 'silent' : [200, left.shift()];
  });
  return server;
}

function connect(ledger: ReturnType<typeof chatLedger>, { channel }: ScriptedHomeserver) {
  const timings = { pollMs: 5_000, restMs: 1, timelineLimit: 50, gapPages: 300, joinAgainMs: 1 };
  return ledger.serve({ ...matrixAdapter, serve: (serving) => serveMatrix(serving, timings) }, channel);
}

const roundOf = (next: string, content: unknown, events: readonly object[] = []) => ({
  next_batch: next,
  rooms: { join: { [room]: { timeline: { events }, ephemeral: { events: [{ type: 'm.receipt', content }] } } } },
});
const by = (...users: string[]) => ({ 'm.read': Object.fromEntries(users.map((user) => [user, { ts: 1 }])) });
const own = (id: string, content: object, unsigned: object = {}) =>
  eventOf(content, { event_id: id, sender: us, unsigned });
const paths = ({ requests }: ScriptedHomeserver, part: string) =>
  requests.map(({ path }) => decodeURIComponent(path)).filter((path) => path.includes(part));

test('serveMatrix() tells which of our own messages the owner has read, by marker, by transaction and by edit', async () => {
  const edit = { 'm.relations': { 'm.replace': { content: { 'org.steward.id': 'out-3' } } } };
  const server = await serverWith([roundOf('a', { $1: by(owner), $2: by(owner), $3: by(owner), $4: by(owner) })]);
  const events = [
    own('$1', textOf('1', { 'org.steward.id': 'out-1' })),
    own('$2', textOf('2'), { transaction_id: 'out-2' }),
    own('$3', textOf('being said'), edit),
    eventOf(textOf('4', { 'org.steward.id': 'out-4' }), { event_id: '$4' }),
  ];
  for (const event of events) server.on(`/rooms/${room}/event/${String(event.event_id)}`, [200, event]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server);
  await expect.poll(() => ledger.cursors.get('archive'), patience).toBe('a');
  expect(ledger.wereRead).toEqual(['out-1', 'out-2', 'out-3'].map((id) => ({ by: owner, id })));
});

test('serveMatrix() asks for no event that strangers of a room or we ourselves have read, or that is none', async () => {
  const content = { $1: by(stranger, us), 'no id': by(owner), $2: { 'm.read.private': { [owner]: {} } }, $3: 'x' };
  const server = await serverWith([roundOf('a', content), roundOf('b', [1]), roundOf('c', null)]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server);
  await expect.poll(() => ledger.cursors.get('archive'), patience).toBe('c');
  expect([ledger.wereRead, paths(server, '/event/')]).toEqual([[], []]);
});

test('serveMatrix() goes on where what was read is gone, and waits where it cannot be asked for', async () => {
  const server = await serverWith([roundOf('a', { $1: by(owner) }), roundOf('b', { $2: by(owner) })]);
  server.on(`/rooms/${room}/event/$2`, [503, {}]);
  const ledger = chatLedger();
  const session = connect(ledger, server);
  expect(await session.ended).toMatchObject({ status: 'rejected', reason: { code: 'channelBusy' } });
  expect([ledger.wereRead, ledger.cursors.get('archive')]).toEqual([[], 'a']);
});

test('serveMatrix() says of what the owner said that it is read, once for all of a moment, and of nobody else', async () => {
  const said = ['one', 'two'].map((text) => eventOf(textOf(text)));
  const foreign = eventOf(textOf('three'), { sender: stranger });
  const server = await serverWith([
    roundOf('a', {}, [said[0]!]),
    roundOf('b', {}, [said[1]!]),
    roundOf('c', {}, [foreign]),
  ]);
  const ledger = chatLedger();
  await using _session = connect(ledger, server);
  await expect.poll(() => paths(server, '/receipt/'), patience).not.toEqual([]);
  expect(ledger.taken).toHaveLength(3);
  expect(paths(server, '/receipt/').map((path) => path.split('/').at(-1))).toEqual([said[1]!.event_id]);
});
