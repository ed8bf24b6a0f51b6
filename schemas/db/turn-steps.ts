import { boolean, doublePrecision, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { id, instant, sealed } from './columns.ts';
import { inbox } from './inbox.ts';
import { people } from './people.ts';

/** What a model said in a turn, and what its calls came to. Written once each: an answer is never bought twice. */
export const turnSteps = pgTable(
  'turn_steps',
  {
    turnId: id('turn_id')
      .notNull()
      .references(() => inbox.id),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    /** From 1. */
    step: integer('step').notNull(),
    /** 0: what the model said. From 1: what its nth call came to. */
    call: integer('call').notNull(),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed JSON of `ModelReply`; of `CallResult` for a call. */
    content: sealed('content').notNull(),
    /** Whether it holds words from outside. */
    tainted: boolean('tainted').notNull().default(false),
    /** Name of the model; null for a call. */
    model: text('model'),
    inputTokens: integer('input_tokens').notNull().default(0),
    outputTokens: integer('output_tokens').notNull().default(0),
    cost: doublePrecision('cost').notNull().default(0),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.turnId, t.step, t.call] }), index('turn_steps_spent').on(t.personId, t.createdAt)],
);
