import { jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { FoundCan } from '../model-desk.ts';
import { instant } from './columns.ts';

/** What `steward models test` found of a model, for as long as its entry names the same one. */
export const modelProbes = pgTable(
  'model_probes',
  {
    model: text('model').notNull(),
    /** Digest of type, endpoint and the name at the provider. */
    print: text('print').notNull(),
    can: jsonb('can').$type<FoundCan>().notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.print] })],
);
