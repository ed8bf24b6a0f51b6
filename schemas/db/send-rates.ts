import { pgTable } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.ts';
import { id, instant } from './columns.ts';

/** How far what was sent on an account has used up what it may send: one instant is the whole bucket. */
export const sendRates = pgTable('send_rates', {
  accountId: id('account_id')
    .primaryKey()
    .references(() => accounts.id),
  /** The theoretical arrival time of the next message. @source ITU-T I.371, GCRA */
  nextAt: instant('next_at').notNull(),
});
