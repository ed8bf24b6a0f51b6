import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { id, instant, sealed } from './columns.ts';
import { people } from './people.ts';

/** What models said to questions that are to be answered the same each time. Can be lost at any moment. */
export const keptAnswers = pgTable(
  'kept_answers',
  {
    /** Keyed fingerprint of all that the answer depends on, its person first. */
    print: text('print').primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    wrappedKey: sealed('wrapped_key').notNull(),
    content: sealed('content').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (t) => [index('kept_answers_ends').on(t.endsAt)],
);
