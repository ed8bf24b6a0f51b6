import { doublePrecision, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';

/** How far the calls of a model reach into the future, for all workers together; one row a limit. */
export const modelRates = pgTable(
  'model_rates',
  {
    model: text('model').notNull(),
    /** Of what: `requests`, `tokens`. */
    unit: text('unit').notNull(),
    /** Theoretical arrival time of the next one, milliseconds since 1970. */
    nextMs: doublePrecision('next_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.unit] })],
);
