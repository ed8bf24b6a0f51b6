import { sql } from 'drizzle-orm';
import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { id, instant, sealed } from './columns.ts';
import { people } from './people.ts';

/** Every outward effect: id minted first, then a claim, then a result. @source DESIGN.md section 1, promise 2 */
export const outbox = pgTable(
  'outbox',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    /** What is done at most once under this name, such as `fir_…:mail:me`. */
    effectKey: text('effect_key').notNull(),
    kind: text('kind', { enum: ['digest', 'report', 'notice', 'call', 'answer'] }).notNull(),
    channel: text('channel').notNull(),
    accountId: id('account_id').notNull(),
    /** HMAC of `messageId`: how our own mail is known when it comes back. */
    messageIdHmac: text('message_id_hmac').notNull(),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed JSON of `OutgoingMail`; of `OutgoingChat` on a channel of messages, of `OutgoingCall` for a call. */
    content: sealed('content').notNull(),
    /** The turn that this answers, and which of its parts, from 1. */
    turnId: id('turn_id'),
    part: integer('part'),
    state: text('state', { enum: ['queued', 'sending', 'sent', 'failed', 'unknown'] })
      .notNull()
      .default('queued'),
    attempt: integer('attempt').notNull().default(0),
    claimedAt: instant('claimed_at'),
    /** Set in a commit before the first byte of content leaves: with it, an unanswered attempt is `unknown`. */
    contentBeganAt: instant('content_began_at'),
    /** The far side's words or how an unknown one was settled; no content. */
    result: jsonb('result').$type<{ code?: string; detail: string; provenBy?: string }>(),
    nextTryAt: instant('next_try_at'),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    uniqueIndex('outbox_effect').on(t.effectKey),
    uniqueIndex('outbox_message').on(t.messageIdHmac),
    index('outbox_turn').on(t.turnId).where(sql`${t.turnId} is not null`),
    index('outbox_state').on(t.state, t.createdAt),
  ],
);
