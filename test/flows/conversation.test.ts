/**
 * - What is said is a turn, once, however often it is sent; turns are answered once and in their order.
 * - The row is the truth: a turn whose wake was lost, or that came while nothing ran, is answered all the same.
 * - Commands need no model, and act once for their turn.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { ensureApiAccount } from '../../store/accounts/api-account.ts';
import { acceptMessages } from '../../store/conversations/accept-messages.ts';
import { openChat } from '../../store/outbox/claim-effect.ts';
import { eventually, startWorld, type World } from '../support/world.ts';

interface Entry {
  readonly seq: number;
  readonly kind: string;
  readonly turn: number;
  readonly text?: string;
}

async function say(world: World, id: string, text: string, room?: string) {
  const body = { id, text, ...(room === undefined ? {} : { room }) };
  const answer = await world.ask('/api/v1/messages', { method: 'POST', body });
  expect(answer.status).toBe(202);
  return (await answer.json()) as { conversation: string; turn: number; message: string };
}

async function entriesOf(world: World, conversation: string): Promise<Entry[]> {
  const answer = await world.ask(`/api/v1/conversations/${conversation}/messages?limit=500`);
  return ((await answer.json()) as { entries: Entry[] }).entries;
}

const answeredUpTo = (world: World, conversation: string, turns: number) =>
  eventually(async () => {
    const entries = await entriesOf(world, conversation);
    return entries.filter(({ kind }) => kind === 'answered').length >= turns ? entries : undefined;
  });

test.each([20, 0])(
  'turns are answered once each and in their order, with %d runs cached',
  async (cachedWorkflows) => {
    await using world = await startWorld({ cachedWorkflows });
    const said = await Promise.all([1, 2, 3, 4, 5].map((n) => say(world, `m${n}`, `/nothing${n}`)));
    const again = await Promise.all([1, 2, 3, 4, 5].map((n) => say(world, `m${n}`, `/nothing${n}`)));
    expect(again).toEqual(said);
    expect(said.map(({ turn }) => turn).sort()).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(said.map(({ conversation }) => conversation)).size).toBe(1);
    const entries = await answeredUpTo(world, said[0]!.conversation, 5);
    expect(entries.filter(({ kind }) => kind === 'answered').map(({ turn }) => turn)).toEqual([1, 2, 3, 4, 5]);
    const answers = entries.filter(({ kind }) => kind === 'answer');
    expect(answers.map(({ turn }) => turn)).toEqual([1, 2, 3, 4, 5]);
    const asked = new Map(entries.filter(({ kind }) => kind === 'said').map(({ turn, text }) => [turn, text]));
    for (const { turn, text } of answers) expect(text).toContain(`There is no command ${asked.get(turn)}`);
  },
  120_000,
);

test('a room is a conversation of its own, and no digest takes what is said', async () => {
  await using world = await startWorld();
  const direct = await say(world, '1', '/help');
  const room = await say(world, '2', '/help', 'ops');
  expect(room.conversation).not.toBe(direct.conversation);
  expect([direct.turn, room.turn]).toEqual([1, 1]);
  const [, answer] = await answeredUpTo(world, room.conversation, 1);
  expect(answer?.text).toContain('/status Says whether all is well');
  const rows = await world.steward().store.db.select().from(inbox);
  expect(rows.every(({ digestId, conversationId }) => digestId === null && conversationId !== null)).toBe(true);
  const listed = (await (await world.ask('/api/v1/conversations')).json()) as { conversations: { id: string }[] };
  expect(listed.conversations.map(({ id }) => id)).toEqual([room.conversation, direct.conversation]);
  expect((await world.ask('/api/v1/conversations/cnv_none/messages')).status).toBe(404);
}, 60_000);

test('a turn whose wake was lost is answered after the next sweep, and one from before a restart at the start', async () => {
  await using world = await startWorld({
    files: { 'triggers/helped.yaml': 'run: noop\nwhen: { message: { pattern: "^/help$" } }\n' },
  });
  const first = await say(world, '1', '/status');
  await answeredUpTo(world, first.conversation, 1);
  const unheard = async (id: string) => {
    const { store, personId } = world.steward();
    const { id: accountId } = await ensureApiAccount(store, personId);
    const thread = { key: '', kind: 'direct', address: '' } as const;
    const message = { dedupeKey: id, thread, from: 'me', text: '/help', at: new Date().toISOString(), addressed: true };
    return await acceptMessages(store, { accountId, personId, channel: 'api' }, [message]);
  };
  expect(await unheard('2')).toMatchObject([{ turn: 2, fresh: true }]);
  await world.steward().dispatch.sweep();
  await answeredUpTo(world, first.conversation, 2);
  // The trigger that nobody had told of it knows it now, and once.
  const fired = await world.steward().store.db.select().from(fires);
  expect(fired.map(({ trigger, state }) => [trigger, state])).toEqual([
    ['helped', expect.stringMatching(/^(open|ran)$/)],
  ]);
  expect(await unheard('3')).toMatchObject([{ turn: 3, fresh: true }]);
  await world.restart();
  const entries = await answeredUpTo(world, first.conversation, 3);
  expect(entries.filter(({ kind }) => kind === 'answer').map(({ turn }) => turn)).toEqual([1, 2, 3]);
}, 90_000);

test('/run fires a trigger once for its turn, and a message that sets off a trigger gets no answer beside it', async () => {
  await using world = await startWorld({
    files: {
      'triggers/idle.yaml': 'run: noop\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n',
      'triggers/deploys.yaml': 'run: noop\nwhen: { message: { pattern: "^deploy" } }\n',
    },
  });
  const { conversation } = await say(world, '1', '/run idle');
  await say(world, '2', 'deploy now');
  await say(world, '3', '/run idel');
  await say(world, '4', 'how are you?');
  const entries = await answeredUpTo(world, conversation, 4);
  const texts = entries.filter(({ kind }) => kind === 'answer').map(({ turn, text }) => [turn, text]);
  expect(texts).toEqual([
    [1, expect.stringMatching(/^Under way: idle, fir_\w{26}\.$/)],
    [3, expect.stringContaining('There is no trigger "idel", did you mean idle')],
    [4, expect.stringContaining('No model is set up')],
  ]);
  const rows = await world.steward().store.db.select().from(fires);
  expect(rows.map(({ trigger, kind }) => [trigger, kind]).sort()).toEqual([
    ['deploys', 'message'],
    ['idle', 'manual'],
  ]);
}, 60_000);

test('a turn that cannot be opened any more costs that turn only', async () => {
  await using world = await startWorld();
  const { conversation } = await say(world, '1', '/help');
  await answeredUpTo(world, conversation, 1);
  const { store, personId } = world.steward();
  const { id: accountId } = await ensureApiAccount(store, personId);
  const thread = { key: '', kind: 'direct', address: '' } as const;
  const message = { dedupeKey: '2', thread, from: 'me', text: 'lost', at: new Date().toISOString(), addressed: true };
  const [lost] = await acceptMessages(store, { accountId, personId, channel: 'api' }, [message]);
  await store.db
    .update(inbox)
    .set({ content: Buffer.alloc(64) })
    .where(eq(inbox.id, lost!.inboxId));
  await say(world, '3', '/status');
  const rows = await eventually(async () => {
    const all = await store.db.select().from(inbox);
    return all.every(({ answeredAt }) => answeredAt !== null) ? all : undefined;
  });
  expect(rows.map(({ turn }) => turn).sort()).toEqual([1, 2, 3]);
  const answers = await store.db.select().from(outbox);
  expect(answers.map((row) => openChat(store, row).text)).toEqual([
    expect.stringContaining('Commands'),
    // Where to answer is sealed with what was said, so nothing can be said to the second.
    expect.stringMatching(/all is well/i),
  ]);
}, 60_000);

test('a stream tells what is said as it is said, and goes on after the last event that was read', async () => {
  await using world = await startWorld();
  const { conversation } = await say(world, '1', '/help');
  await answeredUpTo(world, conversation, 1);
  const url = `http://127.0.0.1:${world.steward().apiPort}/api/v1/conversations/${conversation}/stream`;
  expect((await fetch(url)).status).toBe(401);
  const authorization = `Bearer ${world.token}`;
  const live = await fetch(url, { headers: { authorization } });
  await say(world, '2', '/status');
  const events = await readEvents(live, 3);
  expect(events.map(({ event }) => event)).toEqual(['said', 'answer', 'answered']);
  expect(events[1]?.data.text).toMatch(/^(All|Not all) is well\./);
  const from = await fetch(url, { headers: { authorization, 'last-event-id': events[0]!.id } });
  expect(await readEvents(from, 2)).toEqual(events.slice(1));
}, 60_000);

async function readEvents(response: Response, count: number) {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    const blocks = text.split('\n\n').filter((block) => block.startsWith('id: '));
    if (blocks.length < count) continue;
    return blocks.slice(0, count).map((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)![1]!;
      return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) as Entry };
    });
  }
  throw new Error('the stream ended');
}
