import { pgTable, text } from 'drizzle-orm/pg-core';
import { id, sealed } from './columns.ts';
import { people } from './people.ts';

/** Vectors that models made of texts, for ever: the same text is the same vector. Can be lost at any moment. */
export const keptEmbeddings = pgTable('kept_embeddings', {
  /** Keyed fingerprint of the person, the model and the text. */
  print: text('print').primaryKey(),
  personId: id('person_id')
    .notNull()
    .references(() => people.id),
  wrappedKey: sealed('wrapped_key').notNull(),
  /** Sealed 32-bit floats, little-endian: a vector says much of its text. */
  content: sealed('content').notNull(),
});
