import { bigint, boolean, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { id, instant } from './columns.ts';
import { people } from './people.ts';

/** A channel account, made from a file in `channels/`. */
export const accounts = pgTable(
  'accounts',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    /** The file's name. */
    name: text('name').notNull(),
    channel: text('channel').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    /** active: serving or trying; resting: a person must act, no more tries until the file changes. */
    state: text('state', { enum: ['active', 'resting'] })
      .notNull()
      .default('active'),
    reason: text('reason'),
    /** Logins refused in a row. At three the account rests. */
    strikes: integer('strikes').notNull().default(0),
    /** Hash of the file that `state` and `strikes` speak of; another hash starts anew. */
    fileHash: text('file_hash').notNull(),
    /** Fencing token: only the session that holds the highest one may move cursors. */
    fence: integer('fence').notNull().default(0),
    connectedAt: instant('connected_at'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [uniqueIndex('accounts_name').on(t.name)],
);

/** How far a mailbox or an archive has been read. Moves only in the transaction that inserts what was read. @source RFC 3501 2.3.1.1, RFC 7162 */
export const cursors = pgTable(
  'cursors',
  {
    accountId: id('account_id')
      .notNull()
      .references(() => accounts.id),
    mailbox: text('mailbox').notNull(),
    /** 32-bit in IMAP; text, so that a Maildir can say what it likes. */
    uidValidity: text('uid_validity').notNull(),
    lastUid: bigint('last_uid', { mode: 'number' }).notNull(),
    highestModseq: text('highest_modseq'),
    /** Of a channel of messages: its own word for how far it was read, such as an archive id or a sync token. */
    token: text('token'),
    /** Mails received before this were there before Steward; never taken in. */
    horizon: instant('horizon').notNull(),
    /** How many those were at first sight, until a digest has said so. */
    olderCount: integer('older_count').notNull().default(0),
    olderReported: boolean('older_reported').notNull().default(false),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.mailbox] })],
);
