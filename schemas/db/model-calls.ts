import { boolean, doublePrecision, index, integer, pgTable, text } from 'drizzle-orm/pg-core';
import { callOutcomes } from '../model-outcomes.ts';
import { id, instant } from './columns.ts';
import { people } from './people.ts';

/** Every call of a model, begun before it is made. No word of it is here. */
export const modelCalls = pgTable(
  'model_calls',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    purpose: text('purpose', { enum: ['turn', 'digest', 'intent', 'test', 'memory'] }).notNull(),
    /** Row that it serves. */
    ref: text('ref'),
    /** Flow that it is part of, and the trigger that fired that. */
    flow: text('flow'),
    trigger: text('trigger'),
    intent: text('intent').notNull(),
    /** Name in `models.yaml`. */
    model: text('model').notNull(),
    localOnly: boolean('local_only').notNull(),
    /** Null while it is under way; for ever where the process died with it. */
    outcome: text('outcome', { enum: callOutcomes }),
    /** While it is under way, the most that it may come to. */
    inputTokens: integer('input_tokens').notNull(),
    outputTokens: integer('output_tokens').notNull(),
    /** In the unit of `price`. */
    cost: doublePrecision('cost').notNull(),
    /** Until the first word, and until the end, milliseconds. */
    firstMs: integer('first_ms'),
    tookMs: integer('took_ms'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('model_calls_spent').on(t.createdAt), index('model_calls_model').on(t.model, t.createdAt)],
);
