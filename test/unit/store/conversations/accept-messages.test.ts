/**
 * - The same message is one turn; turns of a conversation are numbered without gaps, whoever takes them in at once.
 * - Rows and cursor are one transaction, and a session that was superseded writes neither.
 * - All direct threads of a person are one conversation; each other thread is one of its own.
 * - What its sender takes back is gone from the ledger, ends without an answer, and nobody else can take it back.
 * - The first answer of a turn stays; what is said is readable in the order in which it was written, and sealed at rest.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { saying } from '../../../../schemas/chat-document.ts';
import type { IncomingMessage, ThreadPlace } from '../../../../schemas/chat-message.ts';
import { inbox } from '../../../../schemas/db/inbox.ts';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { outboxIdOf } from '../../../../schemas/ids.ts';
import { readToken } from '../../../../store/accounts/cursor.ts';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { takeFence } from '../../../../store/accounts/take-fence.ts';
import { acceptMessages } from '../../../../store/conversations/accept-messages.ts';
import { keepAnswer, nextTurn } from '../../../../store/conversations/keep-answer.ts';
import { newestSeq, readEntries } from '../../../../store/conversations/read-conversation.ts';
import { openMessage } from '../../../../store/conversations/seal-message.ts';
import { unsentAnswers } from '../../../../store/conversations/unsent-answers.ts';
import { openChat } from '../../../../store/outbox/claim-effect.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const ann: ThreadPlace = { key: 'ann@x.example', kind: 'direct', address: 'ann@x.example/phone' };
const room: ThreadPlace = { key: 'ops@rooms.example', kind: 'room', address: 'ops@rooms.example' };

const message = (dedupeKey: string, thread = ann): IncomingMessage => ({
  ...{ dedupeKey, thread, from: 'ann@x.example', text: `canary ${dedupeKey}`, addressed: true },
  at: '2026-03-01T08:00:00.000Z',
});

async function rightOf({ store, personId }: TestStore, name = 'home') {
  const account = await ensureAccount(store, { name, kind: 'xmpp', enabled: true, hash: name }, personId);
  const { fence } = await takeFence(store, account.id);
  return { accountId: account.id, personId, channel: 'xmpp', fence };
}

test('acceptMessages() numbers the turns without gaps, and takes no message twice, also by many at once', async () => {
  await using opened = await testStore();
  const right = await rightOf(opened);
  const batches = Array.from({ length: 8 }, (_, at) => [message(`m${at}`), message(`m${at + 1}`)]);
  const taken = (await Promise.all(batches.map((batch) => acceptMessages(opened.store, right, batch)))).flat();
  expect(
    taken
      .filter(({ fresh }) => fresh)
      .map(({ turn }) => turn)
      .sort(),
  ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(new Set(taken.map(({ inboxId }) => inboxId)).size).toBe(9);
});

test('acceptMessages() moves the cursor with the rows, and a session that was superseded moves and writes nothing', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const right = await rightOf(opened);
  expect(await readToken(store, right.accountId, 'archive')).toBeUndefined();
  await acceptMessages(store, right, [message('m1')], { place: 'archive', token: 'a-1' });
  expect(await readToken(store, right.accountId, 'archive')).toBe('a-1');
  await takeFence(store, right.accountId);
  const late = acceptMessages(store, right, [message('m2')], { place: 'archive', token: 'a-2' });
  await expect(late).rejects.toMatchObject({ code: 'sessionSuperseded' });
  expect(await readToken(store, right.accountId, 'archive')).toBe('a-1');
  expect(await store.db.$count(inbox)).toBe(1);
});

test('acceptMessages() makes one conversation of all direct threads, and one of each room', async () => {
  await using opened = await testStore();
  const [home, work] = [await rightOf(opened), await rightOf(opened, 'work')];
  const direct = { ...ann, key: '@ann:x.example' };
  const [first] = await acceptMessages(opened.store, home, [message('1')]);
  const [second] = await acceptMessages(opened.store, work, [message('1', direct)]);
  const [third] = await acceptMessages(opened.store, home, [message('2', room)]);
  expect(second).toMatchObject({ conversationId: first!.conversationId, turn: 2 });
  expect(third).toMatchObject({ turn: 1, fresh: true });
  expect(third!.conversationId).not.toBe(first!.conversationId);
});

test('keepAnswer() keeps the first answer, part by part, for the thread that asked', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const [turn] = await acceptMessages(store, await rightOf(opened), [message('1', room)]);
  const { inboxId, conversationId } = turn!;
  expect(await nextTurn(store, conversationId)).toEqual({ inboxId });
  const parts = ['one', 'two'].map((text) => ({ document: [{ kind: 'code' as const, text }], text }));
  await Promise.all([keepAnswer(store, inboxId, parts), keepAnswer(store, inboxId, [])]);
  const kept = (await unsentAnswers(store, conversationId)).unsent.map(({ outboxId }) => outboxId);
  expect([0, 2]).toContain(kept.length);
  expect(await nextTurn(store, conversationId)).toBeUndefined();
  for (const [at, id] of kept.entries()) {
    const [row] = await store.db.select().from(outbox).where(eq(outbox.id, id));
    const { id: chatId, address, text } = openChat(store, row!);
    expect([outboxIdOf(chatId), address, text]).toEqual([id, room.address, parts[at]!.text]);
  }
});

test('unsentAnswers() gives the first of each line in their order, and says which lines have more', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const right = await rightOf(opened);
  const many = Array.from({ length: 30 }, (_, at) => message(`m${String(at).padStart(2, '0')}`));
  const taken = await acceptMessages(store, right, many);
  const one = { document: [], text: 'x' };
  const mirror = { accountId: 'acc_other', channel: 'matrix', address: '@ann:x.example', parts: [one] };
  for (const [at, { inboxId }] of taken.entries()) {
    await keepAnswer(store, inboxId, [one], at < 5 ? { mirrors: [mirror] } : {});
  }
  const { unsent, more } = await unsentAnswers(store, taken[0]!.conversationId);
  const of = (line: string) => unsent.filter((answer) => answer.line === line).map(({ outboxId }) => outboxId);
  expect(more).toEqual([right.accountId]);
  expect([of(right.accountId).length, of('acc_other').length]).toEqual([20, 5]);
  const first = await store.db.select().from(outbox).where(eq(outbox.accountId, right.accountId)).orderBy(outbox.id);
  expect(of(right.accountId)).toEqual(first.slice(0, 20).map(({ id }) => id));
});

test('keepAnswer() puts mirrors into lines of their own, and all that is direct on one account into one', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const right = await rightOf(opened);
  const part = { document: [{ kind: 'code' as const, text: 'x' }], text: 'x' };
  const mirror = { accountId: 'acc_other', channel: 'matrix', address: '@ann:x.example', parts: [part, part] };
  const [direct, inRoom] = await acceptMessages(store, right, [message('1'), message('2', room)]);
  await keepAnswer(store, direct!.inboxId, [part], { mirrors: [mirror] });
  await keepAnswer(store, inRoom!.inboxId, [part]);
  const linesOf = async (id: string) => (await unsentAnswers(store, id)).unsent.map(({ line }) => line);
  expect((await linesOf(direct!.conversationId)).sort()).toEqual([right.accountId, 'acc_other', 'acc_other'].sort());
  expect(await linesOf(inRoom!.conversationId)).toEqual([expect.stringMatching(/^thr_/)]);
  const shown = await readEntries(store, { conversationId: direct!.conversationId, after: 0, limit: 50 });
  expect(shown.filter(({ kind }) => kind === 'answer')).toHaveLength(1);
});

test('readEntries() tells a conversation in the order in which it was written, and nothing of another', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const right = await rightOf(opened);
  const [first, second] = await acceptMessages(store, right, [message('1'), message('2')]);
  await acceptMessages(store, right, [message('3', room)]);
  const { conversationId } = first!;
  const saidUpTo = await newestSeq(store, conversationId);
  await keepAnswer(store, first!.inboxId, [{ document: [], text: 'answer 1' }]);
  await keepAnswer(store, second!.inboxId, []);
  const entries = await readEntries(store, { conversationId, after: 0, limit: 50 });
  expect(entries.map((entry) => [entry.kind, entry.turn, 'text' in entry ? entry.text : undefined])).toEqual([
    ['said', 1, 'canary 1'],
    ['said', 2, 'canary 2'],
    ['answer', 1, 'answer 1'],
    ['answered', 1, undefined],
    ['answered', 2, undefined],
  ]);
  expect((await readEntries(store, { conversationId, after: saidUpTo, limit: 50 })).length).toBe(3);
  expect((await readEntries(store, { conversationId, after: 0, limit: 50, turn: 2 })).length).toBe(2);
});

test('a message is sealed at rest, and its row opens to what was said', async () => {
  await using opened = await testStore();
  const { store } = opened;
  await acceptMessages(store, await rightOf(opened), [message('1')]);
  const [row] = await store.db.select().from(inbox);
  expect(openMessage(store, row!)).toEqual(message('1'));
  for (const table of ['inbox', 'threads', 'conversations', 'events', 'cursors']) {
    const { rows } = await store.db.execute(`select * from ${table}`);
    const bytes = JSON.stringify(rows, (_key, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
    );
    expect(bytes).not.toMatch(/canary|x\.example/);
  }
});

test('acceptMessages() takes the words of what its sender took back out of the ledger, and its turn ends unanswered', async () => {
  await using opened = await testStore();
  const { store } = opened;
  const right = await rightOf(opened);
  const [first, second] = await acceptMessages(store, right, [message('m1'), message('m2')]);
  const before = await store.db.select().from(inbox);
  const take = (dedupeKey: string, by = 'ann@x.example') =>
    acceptMessages(store, right, [], undefined, [{ dedupeKey, by }]);
  // Another of the same room, what nobody knows, and the same on another account: nothing happens.
  expect(await take('m1', 'moderator@x.example')).toEqual([]);
  expect(await take('m7')).toEqual([]);
  const other = await rightOf(opened, 'other');
  expect(await acceptMessages(store, other, [], undefined, [{ dedupeKey: 'm1', by: 'ann@x.example' }])).toEqual([]);
  expect(await store.db.select().from(inbox)).toEqual(before);
  expect(await take('m1')).toMatchObject([{ inboxId: first!.inboxId, turn: 1, fresh: false }]);
  expect(await take('m1')).toEqual([]);
  // The same message again, as after a crash: it stays what it is.
  expect(await acceptMessages(store, right, [message('m1')])).toMatchObject([{ turn: 1, fresh: false }]);
  const [row] = await store.db.select().from(inbox).where(eq(inbox.id, first!.inboxId));
  expect(openMessage(store, row!)).toEqual({ ...message('m1'), text: '' });
  expect(row!.wrappedKey).not.toEqual(before.find(({ id }) => id === row!.id)!.wrappedKey);
  const words = { document: [saying('late')], text: 'late' };
  await keepAnswer(store, first!.inboxId, [words]);
  await keepAnswer(store, second!.inboxId, [words]);
  expect(await store.db.select({ turn: outbox.turnId }).from(outbox)).toEqual([{ turn: second!.inboxId }]);
  const entries = await readEntries(store, { conversationId: first!.conversationId, after: 0, limit: 100, turn: 1 });
  expect(entries.map((entry) => [entry.kind, 'text' in entry ? entry.text : undefined])).toEqual([
    ['said', ''],
    ['takenBack', undefined],
    ['answered', undefined],
  ]);
});
