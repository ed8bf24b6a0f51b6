import { and, asc, desc, eq, getTableColumns, gt, inArray, isNotNull, max, sql } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { conversations } from '../../schemas/db/conversations.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { events } from '../../schemas/db/records.ts';
import type { EffectState } from '../../schemas/endings.ts';
import { openChat } from '../outbox/claim-effect.ts';
import type { StoreIn } from '../store.ts';
import { channelNameOf } from './message-print.ts';
import { openMessage } from './seal-message.ts';

/** What happened in a conversation, in the order in which it was written. */
export type ConversationEntry = {
  /** Grows; asks for what comes after it. */
  readonly seq: number;
  readonly at: Date;
  readonly turn: number;
} & (
  | {
      readonly kind: 'said';
      readonly id: string;
      readonly from: string;
      readonly channel: string;
      /** Empty where it was taken back. */
      readonly text: string;
    }
  | {
      readonly kind: 'answer';
      readonly id: string;
      readonly part: number;
      readonly text: string;
      readonly state: EffectState;
    }
  /** Nothing more is said to this turn. */
  | { readonly kind: 'answered'; readonly parts: number }
  /** Whoever said this turn took it back. */
  | { readonly kind: 'takenBack' }
  /** Its person has read this turn and all before it, on this channel. */
  | { readonly kind: 'read'; readonly channel: string }
);

const kinds = {
  'inbox.accepted': 'said',
  'outbox.queued': 'answer',
  'turn.answered': 'answered',
  'turn.takenBack': 'takenBack',
  'conversation.read': 'read',
} as const;
type EventRow = typeof events.$inferSelect;

/** Conversations of a person, the one last spoken in first. Reads only. */
export async function listConversations({ db }: StoreIn, personId: string, limit: number) {
  const unread = and(
    ...[
      eq(inbox.conversationId, conversations.id),
      gt(inbox.turn, conversations.readTurn),
      isNotNull(inbox.answeredAt),
    ],
  );
  return await db
    .select({ ...getTableColumns(conversations), unread: db.$count(inbox, unread) })
    .from(conversations)
    .where(eq(conversations.personId, personId))
    .orderBy(desc(conversations.lastAt))
    .limit(limit);
}

/** Whether a person has such a conversation. Reads only. */
export async function hasConversation({ db }: StoreIn, personId: string, id: string): Promise<boolean> {
  return (await db.$count(conversations, and(eq(conversations.id, id), eq(conversations.personId, personId)))) > 0;
}

/**
 * What was said in a conversation after a place in it, oldest first. Reads only. Whoever writes there holds the
 * conversation's row, so what is read later never belongs before what was read.
 */
export async function readEntries(
  store: StoreIn,
  { conversationId, after, limit, turn }: { conversationId: string; after: number; limit: number; turn?: number },
): Promise<ConversationEntry[]> {
  const rows = await store.db
    .select()
    .from(events)
    .where(
      and(
        ofConversation(conversationId),
        gt(events.seq, after),
        inArray(events.type, Object.keys(kinds)),
        turn === undefined ? undefined : sql`(${events.data}->>'turn')::int = ${turn}`,
      ),
    )
    .orderBy(asc(events.seq))
    .limit(limit);
  const said = await saidBy(store, idsOf(rows, 'inbox.accepted'));
  const answers = await answersBy(store, idsOf(rows, 'outbox.queued'));
  return rows.flatMap((row): ConversationEntry[] => {
    const head = { seq: row.seq, at: row.at, turn: Number(row.data.turn) };
    const kind = kinds[row.type as keyof typeof kinds];
    if (kind === 'answered') return [{ ...head, kind, parts: Number(row.data.parts) }];
    if (kind === 'read') return [{ ...head, kind, channel: String(row.data.channel) }];
    if (kind === 'takenBack') return [{ ...head, kind }];
    const found = kind === 'said' ? said.get(row.aggregateId) : answers.get(row.aggregateId);
    return found === undefined ? [] : [{ ...head, ...found }];
  });
}

/** The place in a conversation after which nothing was said yet. Reads only. */
export async function newestSeq({ db }: StoreIn, conversationId: string): Promise<number> {
  const [newest] = await db
    .select({ seq: max(events.seq) })
    .from(events)
    .where(ofConversation(conversationId));
  return newest?.seq ?? 0;
}

/** As its index has it. */
const ofConversation = (id: string) =>
  and(sql`${events.data} ? 'conversation'`, sql`(${events.data}->>'conversation') = ${id}`);

const idsOf = (rows: readonly EventRow[], type: string) =>
  rows.filter((row) => row.type === type).map((row) => row.aggregateId);

async function saidBy(store: StoreIn, ids: string[]) {
  const rows = await store.db
    .select({ row: inbox, account: accounts.name })
    .from(inbox)
    .innerJoin(accounts, eq(accounts.id, inbox.accountId))
    .where(inArray(inbox.id, ids));
  return new Map(
    rows.map(({ row, account }) => {
      const { from, text } = openMessage(store, row);
      return [row.id, { kind: 'said' as const, id: row.id, from, channel: channelNameOf(account), text }];
    }),
  );
}

async function answersBy(store: StoreIn, ids: string[]) {
  const rows = await store.db.select().from(outbox).where(inArray(outbox.id, ids));
  return new Map(
    rows.map((row) => {
      const { text } = openChat(store, row);
      return [row.id, { kind: 'answer' as const, id: row.id, part: row.part ?? 1, text, state: row.state }];
    }),
  );
}
