import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { Digest } from '../digest.ts';
import { accounts } from './accounts.ts';
import { id, instant, sealed } from './columns.ts';
import { conversations, threads } from './conversations.ts';
import { fires } from './fires.ts';
import { people } from './people.ts';

/** Digests. The text is sealed under the digest's own key. One a fire, whatever is retried. */
export const digests = pgTable(
  'digests',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    fireId: id('fire_id')
      .notNull()
      .references(() => fires.id),
    state: text('state', { enum: ['open', 'made'] })
      .notNull()
      .default('open'),
    itemCount: integer('item_count').notNull().default(0),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed JSON of `Digest`; set when made. */
    content: sealed('content'),
    /** What is said once of mailboxes seen for the first time. */
    older: jsonb('older').$type<Digest['older']>().notNull().default([]),
    createdAt: instant('created_at').notNull(),
    madeAt: instant('made_at'),
  },
  (t) => [uniqueIndex('digests_fire').on(t.fireId)],
);

/** Every message taken in, once. The unique key outlives any cursor, UIDVALIDITY or retention. */
export const inbox = pgTable(
  'inbox',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    accountId: id('account_id')
      .notNull()
      .references(() => accounts.id),
    channel: text('channel').notNull(),
    /** HMAC of `IncomingMail.dedupeKey`. */
    dedupeHmac: text('dedupe_hmac').notNull(),
    /** HMAC of the Message-ID, when there is one. */
    messageIdHmac: text('message_id_hmac'),
    /** Where a mail was read; null for a message. */
    mailbox: text('mailbox'),
    uidValidity: text('uid_validity'),
    /** Unsigned 32-bit in IMAP, which `integer` cannot hold. */
    uid: bigint('uid', { mode: 'number' }),
    seen: boolean('seen').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed JSON of `ParsedMail`; of `IncomingMessage` for a turn of a conversation. */
    content: sealed('content').notNull(),
    /** Sealed JSON of `DigestItem`, once the mail was summarised. */
    summary: sealed('summary'),
    digestId: id('digest_id').references(() => digests.id),
    /** Set for a turn of a conversation: no digest takes it. */
    conversationId: id('conversation_id').references(() => conversations.id),
    threadId: id('thread_id').references(() => threads.id),
    /** Its number in the conversation, from 1: turns are answered in this order. */
    turn: integer('turn'),
    answeredAt: instant('answered_at'),
    /** Why a turn ended before it was done: its person stopped it, said something else, or took back what was said. */
    stopped: text('stopped', { enum: ['cancelled', 'interrupted', 'takenBack'] }),
    /** When its sender took it back: then its words are gone from `content`. */
    takenBackAt: instant('taken_back_at'),
    /** Where a draft of its answer is shown, as the channel names it. */
    draftPlace: text('draft_place'),
    /** Whether its answer shows words from outside: a model that reads it may then do nothing unasked. */
    tainted: boolean('tainted').notNull().default(false),
    receivedAt: instant('received_at').notNull(),
    acceptedAt: instant('accepted_at').notNull(),
  },
  (t) => [
    uniqueIndex('inbox_dedupe').on(t.channel, t.accountId, t.dedupeHmac),
    index('inbox_digest').on(t.digestId),
    uniqueIndex('inbox_turn').on(t.conversationId, t.turn),
    index('inbox_unanswered')
      .on(t.conversationId)
      .where(sql`${t.conversationId} is not null and ${t.answeredAt} is null`),
    index('inbox_place').on(t.accountId, t.mailbox, t.uidValidity, t.uid),
  ],
);

/** Reports, as made. One a fire, whatever is retried. */
export const reports = pgTable(
  'reports',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    fireId: id('fire_id')
      .notNull()
      .references(() => fires.id),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed JSON of `StoredReport`. */
    content: sealed('content').notNull(),
    /** Up to where it tells; the next one begins here. */
    madeAt: instant('made_at').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('reports_fire').on(t.fireId), index('reports_made').on(t.personId, t.madeAt)],
);
