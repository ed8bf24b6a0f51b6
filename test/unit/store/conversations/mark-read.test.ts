/**
 * - Who has read the last message of a turn has read that turn and all before it; one of several in it, only those before.
 * - What is read never becomes unread, and what was not said yet cannot have been read.
 * - A message of another account, or of none, says nothing.
 */
import { and, eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { saying } from '../../../../schemas/chat-document.ts';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { events } from '../../../../schemas/db/records.ts';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { takeFence } from '../../../../store/accounts/take-fence.ts';
import { acceptMessages } from '../../../../store/conversations/accept-messages.ts';
import { keepAnswer, sayBeside } from '../../../../store/conversations/keep-answer.ts';
import { markAnswerRead, markRead } from '../../../../store/conversations/mark-read.ts';
import { listConversations } from '../../../../store/conversations/read-conversation.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

const part = (text: string) => ({ document: [saying(text)], text });

/** A conversation of so many turns on one account, each with an answer of two messages. */
async function talkOf({ store, personId }: TestStore, turns: number) {
  const file = { name: 'home', kind: 'xmpp' as const, enabled: true, hash: 'home' };
  const { id: accountId } = await ensureAccount(store, file, personId);
  const right = { accountId, personId, channel: 'xmpp', fence: (await takeFence(store, accountId)).fence };
  const taken = await acceptMessages(
    store,
    right,
    Array.from({ length: turns }, (_, at) => ({
      ...{ dedupeKey: `m${at}`, from: 'ann@x.example', text: 'hello', addressed: true, at: '2026-03-01T08:00:00.000Z' },
      thread: { key: 'ann@x.example', kind: 'direct' as const, address: 'ann@x.example' },
    })),
  );
  for (const { inboxId } of taken) await keepAnswer(store, inboxId, [part('one'), part('two')]);
  const partOf = async (turn: number, at: number) => {
    const one = and(eq(outbox.turnId, taken[turn - 1]!.inboxId), eq(outbox.part, at));
    return (await store.db.select().from(outbox).where(one))[0]!.id;
  };
  const state = async () => {
    const [{ readTurn, unread } = { readTurn: -1, unread: -1 }] = await listConversations(store, personId, 1);
    return { readTurn, unread };
  };
  return {
    accountId,
    conversationId: taken[0]!.conversationId,
    turnIds: taken.map(({ inboxId }) => inboxId),
    partOf,
    state,
  };
}

test('markAnswerRead() marks a turn by its last message, and the turns before it by an earlier one', async () => {
  await using opened = await testStore();
  const talk = await talkOf(opened, 3);
  expect(await talk.state()).toEqual({ readTurn: 0, unread: 3 });
  await markAnswerRead(opened.store, talk.accountId, await talk.partOf(2, 1));
  expect(await talk.state()).toEqual({ readTurn: 1, unread: 2 });
  await markAnswerRead(opened.store, talk.accountId, await talk.partOf(2, 2));
  expect(await talk.state()).toEqual({ readTurn: 2, unread: 1 });
});

test('markAnswerRead() goes never back, and is told once however often it is said', async () => {
  await using opened = await testStore();
  const talk = await talkOf(opened, 3);
  for (const turn of [3, 3, 1]) await markAnswerRead(opened.store, talk.accountId, await talk.partOf(turn, 2));
  expect(await talk.state()).toEqual({ readTurn: 3, unread: 0 });
  const told = await opened.store.db.select().from(events).where(eq(events.type, 'conversation.read'));
  expect(told.map(({ data }) => data)).toEqual([{ conversation: talk.conversationId, turn: 3, channel: 'home' }]);
});

test('markAnswerRead() takes what is said while a turn is open for no answer', async () => {
  await using opened = await testStore();
  const talk = await talkOf(opened, 1);
  const { store } = opened;
  await sayBeside(store, talk.turnIds[0]!, 'later', [part('it is done')]);
  await markAnswerRead(store, talk.accountId, await talk.partOf(1, 2));
  // Something was said to it since.
  expect(await talk.state()).toEqual({ readTurn: 0, unread: 1 });
});

test('markAnswerRead() heeds no message of another account and none that there is not', async () => {
  await using opened = await testStore();
  const talk = await talkOf(opened, 1);
  const other = { name: 'work', kind: 'xmpp' as const, enabled: true, hash: 'work' };
  const { id: otherId } = await ensureAccount(opened.store, other, opened.personId);
  await markAnswerRead(opened.store, otherId, await talk.partOf(1, 2));
  await markAnswerRead(opened.store, talk.accountId, 'out_00000000000000000000000000');
  expect(await talk.state()).toEqual({ readTurn: 0, unread: 1 });
});

test('markRead() reads nothing that was not said yet', async () => {
  await using opened = await testStore();
  const { conversationId, state } = await talkOf(opened, 2);
  expect(await markRead(opened.store, { conversationId, turn: 99, channel: 'api' })).toBe(2);
  expect(await state()).toEqual({ readTurn: 2, unread: 0 });
});
