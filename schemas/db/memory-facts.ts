import { bigserial, boolean, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { factChanges, factOrigins } from '../memory.ts';
import { id, instant, sealed } from './columns.ts';
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
