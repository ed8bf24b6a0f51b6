import { and, asc, eq, isNull } from 'drizzle-orm';
import { isPostKind } from '../../schemas/channel-file.ts';
import { type ChatDocument, saying } from '../../schemas/chat-document.ts';
import type { OutgoingChat } from '../../schemas/chat-message.ts';
import { conversations } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { StewardError } from '../../schemas/errors.ts';
import { chatIdOf, messageIdOf } from '../../schemas/ids.ts';
import type { MailReply } from '../../schemas/mail-reply.ts';
import type { OutgoingMail } from '../../schemas/outgoing.ts';
import { apiAccount } from '../accounts/api-account.ts';
import { appendEvent } from '../append-event.ts';
import { mintEffect } from '../outbox/mint-effect.ts';
import { queueMessages, type StewardMessage } from '../outbox/queue-effect.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { openMessage } from './seal-message.ts';

/** One message of an answer. */
export interface AnswerPart {
  readonly document: ChatDocument;
  /** The same in plain words. */
  readonly text: string;
  /** The same as a page of mail. */
  readonly html?: string;
}

export type TurnRow = typeof inbox.$inferSelect;

/** The first turn of a conversation that nobody has answered. Reads only. */
export async function nextTurn(store: StoreIn, conversationId: string): Promise<{ inboxId: string } | undefined> {
  const [next] = await store.db
    .select({ inboxId: inbox.id })
    .from(inbox)
    .where(and(eq(inbox.conversationId, conversationId), isNull(inbox.answeredAt)))
    .orderBy(asc(inbox.turn))
    .limit(1);
  return next;
}

/** The row of a turn. Reads only. @throws notFound where there is no such turn */
export async function readTurn(store: StoreIn, inboxId: string): Promise<TurnRow> {
  const [row] = await store.db.select().from(inbox).where(eq(inbox.id, inboxId));
  if (row?.conversationId == null) throw new StewardError('notFound', `There is no turn ${inboxId}`);
  return row;
}

/** Somewhere else where a person wants to see a turn and its answer. */
export interface Mirror {
  readonly accountId: string;
  readonly channel: string;
  readonly address: string;
  readonly parts: readonly StewardMessage[];
}

/** How a turn ended, beside what is said. */
export interface TurnEnd {
  /** Other places where the turn and its answer are shown. */
  readonly mirrors?: readonly Mirror[];
  /** Whether the answer shows words from outside. */
  readonly tainted?: boolean;
  /** Why it ended before it was done. */
  readonly stopped?: NonNullable<TurnRow['stopped']>;
}

/**
 * Ends a turn with its answer: the effects and the end of the turn are one transaction. May be repeated: the first answer
 * stays. Where its message was taken back nothing is said; only a draft that is shown must not look like an answer.
 *
 * @param answer - one message each, in their order; none where nothing is to be said
 * @throws notFound
 */
export async function keepAnswer(
  store: Store,
  inboxId: string,
  answer: readonly AnswerPart[],
  end: TurnEnd = {},
): Promise<void> {
  await inTransaction(store, async (inside) => {
    const row = await lockTurn(inside, inboxId);
    const { conversationId, turn, personId } = row;
    if (row.answeredAt !== null) return;
    const isBack = row.takenBackAt !== null;
    const parts = isBack ? leftOf(row) : answer;
    const { mirrors = [], tainted = false, stopped }: TurnEnd = isBack ? { stopped: 'takenBack' } : end;
    for (const [at, part] of parts.entries()) {
      await mint(inside, row, part, { effectKey: `${inboxId}:answer:${at + 1}`, part: at + 1 });
    }
    for (const mirror of mirrors) {
      const effectKey = `${inboxId}:mirror:${mirror.accountId}`;
      await queueMessages(inside, { ...mirror, personId, effectKey, kind: 'answer', turnId: inboxId });
    }
    const ended = { answeredAt: inside.clock.now(), tainted, ...(stopped === undefined ? {} : { stopped }) };
    await inside.db.update(inbox).set(ended).where(eq(inbox.id, inboxId));
    const why = stopped === undefined ? {} : { stopped };
    const data = { conversation: conversationId!, turn: turn!, parts: parts.length, ...why };
    await appendEvent(inside, { aggregate: 'inbox', aggregateId: inboxId, type: 'turn.answered', personId, data });
  });
}

/**
 * Says something in the place of a turn, beside its answer: that it takes longer, or what came of it later. May be
 * repeated: the key is the effect.
 *
 * @param key - what is said once, within the turn
 * @param whileOpen - nothing is said once the turn is answered
 * @throws notFound
 */
export async function sayBeside(
  store: Store,
  inboxId: string,
  key: string,
  parts: readonly AnswerPart[],
  { whileOpen = false } = {},
): Promise<void> {
  await inTransaction(store, async (inside) => {
    const row = await lockTurn(inside, inboxId);
    if (whileOpen && row.answeredAt !== null) return;
    for (const [at, part] of parts.entries()) {
      await mint(inside, row, part, { effectKey: `${inboxId}:${key}:${at + 1}`, part: at + 1 });
    }
  });
}

/** What is said of a turn that is stopped. Half an answer that is shown must not look like one. Pure. */
export const leftOf = ({ draftPlace }: Pick<TurnRow, 'draftPlace'>): AnswerPart[] =>
  draftPlace === null ? [] : [{ document: [saying('(stopped)')], text: '(stopped)' }];

/** The row of a turn, once nobody else writes to its conversation. */
async function lockTurn(inside: StoreIn, inboxId: string): Promise<TurnRow> {
  const { conversationId } = await readTurn(inside, inboxId);
  await inside.db
    .select({ id: conversations.id })
    .from(conversations)
    .where(eq(conversations.id, conversationId!))
    .for('no key update');
  return await readTurn(inside, inboxId);
}

async function mint(
  inside: StoreIn,
  row: TurnRow,
  answer: AnswerPart,
  { effectKey, part }: { effectKey: string; part: number },
): Promise<string> {
  const { personId, channel, accountId, id: turnId } = row;
  const arrived = isKeptHere(channel) ? { state: 'sent' as const, endedAt: inside.clock.now() } : {};
  const effect = { ...{ personId, channel, accountId, turnId, part }, kind: 'answer' as const, ...arrived };
  const contentOf = isPostKind(channel)
    ? mailOf(inside, row, answer)
    : messageOf(inside, row, answer, effectKey === `${turnId}:answer:1` ? row.draftPlace : null);
  const facts = { conversation: row.conversationId!, turn: row.turn!, part };
  return await mintEffect(inside, { ...effect, effectKey }, contentOf, facts);
}

/** @param draft - what the message takes the place of */
function messageOf(inside: StoreIn, row: TurnRow, { document, text }: AnswerPart, draft: string | null) {
  // Where it was said: a direct thread may have moved to another room since its first word.
  const { address, kind } = openMessage(inside, row).thread;
  const to = { address, kind };
  const replaces = draft === null ? {} : { replaces: draft };
  return (id: string): OutgoingChat => ({ id: chatIdOf(id), ...to, document, text, ...replaces });
}

function mailOf(inside: StoreIn, row: TurnRow, { text, html }: AnswerPart) {
  const reply = JSON.parse(openMessage(inside, row).replyTo ?? '') as MailReply;
  const domain = reply.from.slice(reply.from.lastIndexOf('@') + 1);
  const date = inside.clock.now().toISOString();
  return (id: string): OutgoingMail => ({
    ...{ messageId: messageIdOf(id, domain), ...reply, text, date },
    ...(html === undefined ? {} : { html }),
  });
}

/** Whoever asks by the API reads the answer out of the ledger: it has arrived once it is written. */
const isKeptHere = (channel: string) => channel === apiAccount.kind;
