import { bigserial, boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { factChanges, factOrigins } from '../fact-kinds.ts';
import type { ReviewFound } from '../memory-review.ts';
import { id, instant, sealed } from './columns.ts';
import { fires } from './fires.ts';
import { people } from './people.ts';

/** Facts of people, each with a key of its own: without it no version of it can be read. */
export const memoryFacts = pgTable(
  'memory_facts',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    /** Null once it is forgotten. */
    wrappedKey: sealed('wrapped_key'),
    createdAt: instant('created_at').notNull(),
    forgottenAt: instant('forgotten_at'),
  },
  (t) => [index('memory_facts_person').on(t.personId, t.id)],
);

/** What was believed of each fact, and from when: rows are added and never changed, but for the content of what is forgotten. */
export const memoryVersions = pgTable(
  'memory_versions',
  {
    id: id().primaryKey(),
    /** In the order of writing, over all people. */
    seq: bigserial('seq', { mode: 'number' }).notNull(),
    factId: id('fact_id')
      .notNull()
      .references(() => memoryFacts.id),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    version: integer('version').notNull(),
    change: text('change', { enum: factChanges }).notNull(),
    /** Sealed JSON of `FactWords`; null where it says that the fact is forgotten, and in all versions once it does. */
    content: sealed('content'),
    origin: text('origin', { enum: factOrigins }).notNull(),
    channel: text('channel').notNull(),
    inboxId: id('inbox_id'),
    localOnly: boolean('local_only').notNull(),
    /** The act that wrote it: the same act writes once. */
    actId: text('act_id').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (t) => [
    uniqueIndex('memory_versions_fact').on(t.factId, t.version),
    uniqueIndex('memory_versions_act').on(t.personId, t.actId),
    index('memory_versions_person').on(t.personId, t.seq),
  ],
);

/**
 * Each time that a fact was of use: what weights are computed from. Of the question there is a fingerprint only. The same
 * question within an hour is one use, so that what is tried again counts once.
 */
export const memoryUses = pgTable(
  'memory_uses',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    factId: id('fact_id')
      .notNull()
      .references(() => memoryFacts.id),
    /** Found by a question, or thought of unasked since it was named. */
    kind: text('kind', { enum: ['recalled', 'named'] }).notNull(),
    askedHmac: text('asked_hmac').notNull(),
    /** Hours since 1970. */
    hour: integer('hour').notNull(),
    usedAt: instant('used_at').notNull(),
  },
  (t) => [
    index('memory_uses_person').on(t.personId, t.usedAt),
    uniqueIndex('memory_uses_once').on(t.factId, t.askedHmac, t.hour),
  ],
);

/** Nightly reviews, one a fire. What each changed are versions that carry its id. */
export const memoryReviews = pgTable(
  'memory_reviews',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    fireId: id('fire_id')
      .notNull()
      .references(() => fires.id),
    /** Ids and counts; no word of a fact. */
    found: jsonb('found').$type<ReviewFound>().notNull(),
    createdAt: instant('created_at').notNull(),
    /** When it was undone by a person. */
    undoneAt: instant('undone_at'),
  },
  (t) => [uniqueIndex('memory_reviews_fire').on(t.fireId), index('memory_reviews_person').on(t.personId, t.createdAt)],
);
