import { index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { id, instant, sealed } from './columns.ts';

/** Whoever rows belong to. The wrapped key opens everything of that person; erase it and all is gone. */
export const people = pgTable(
  'people',
  {
    id: id().primaryKey(),
    /** Short name used in files (`owner: me`); not a person's real name. */
    handle: text('handle').notNull(),
    timezone: text('timezone').notNull(),
    /** The person's key, wrapped by the root key `rootKeyId`. */
    wrappedKey: sealed('wrapped_key').notNull(),
    rootKeyId: text('root_key_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('people_handle').on(t.handle)],
);

/** Where a person can be reached. The address is sealed; its HMAC finds it. */
export const endpoints = pgTable(
  'endpoints',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    channel: text('channel').notNull(),
    accountId: id('account_id'),
    wrappedKey: sealed('wrapped_key').notNull(),
    address: sealed('address').notNull(),
    addressHmac: text('address_hmac').notNull(),
    /** Order in which a person is reached when something must get through. */
    rank: integer('rank').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [uniqueIndex('endpoints_address').on(t.channel, t.addressHmac)],
);

/** Somebody unknown wrote to an account of a person, and was given a code. With it that person can let them in. */
export const pairings = pgTable(
  'pairings',
  {
    id: id().primaryKey(),
    /** Whose account was written to. */
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    accountId: id('account_id').notNull(),
    channel: text('channel').notNull(),
    addressHmac: text('address_hmac').notNull(),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed: who wrote. */
    address: sealed('address').notNull(),
    codeHmac: text('code_hmac').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (t) => [uniqueIndex('pairings_address').on(t.accountId, t.addressHmac), index('pairings_code').on(t.codeHmac)],
);
