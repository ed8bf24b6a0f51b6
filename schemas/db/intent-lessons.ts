import { index, pgTable, text } from 'drizzle-orm/pg-core';
import { id, instant, sealed } from './columns.ts';
import { people } from './people.ts';

/** What a person said that was meant otherwise than it was taken. */
export const intentLessons = pgTable(
  'intent_lessons',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    intent: text('intent').notNull(),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** The words. */
    content: sealed('content').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [index('intent_lessons_person').on(t.personId, t.id)],
);
