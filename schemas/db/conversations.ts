import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { id, instant } from './columns.ts';
import { people } from './people.ts';

/** One thread of talk with one memory, whatever channels it runs over. */
export const conversations = pgTable(
  'conversations',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    /** HMAC of what makes it the same conversation: `direct`, or account and thread. */
    keyHmac: text('key_hmac').notNull(),
    /** How many messages have been taken in: the number of the last turn. */
    turns: integer('turns').notNull().default(0),
    /** The last turn whose answer its person has read, wherever that was; 0 for none. */
    readTurn: integer('read_turn').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (t) => [uniqueIndex('conversations_key').on(t.personId, t.keyHmac)],
);

/** Where a conversation is held: one row an account and thread. Where an answer goes is said by each turn itself. */
export const threads = pgTable(
  'threads',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    conversationId: id('conversation_id')
      .notNull()
      .references(() => conversations.id),
    accountId: id('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text('kind', { enum: ['direct', 'room', 'thread'] }).notNull(),
    keyHmac: text('key_hmac').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('threads_key').on(t.accountId, t.keyHmac), index('threads_conversation').on(t.conversationId)],
);
