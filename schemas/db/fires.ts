import { index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { FlowOutcome } from '../flow-io.ts';
import { id, instant, sealed } from './columns.ts';
import { people } from './people.ts';

/** Every slot, event and request: one row that ends once. @source DESIGN.md section 1, promise 3 */
export const fires = pgTable(
  'fires',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    trigger: text('trigger').notNull(),
    flow: text('flow').notNull(),
    slotKey: text('slot_key').notNull(),
    kind: text('kind', { enum: ['schedule', 'mail', 'manual'] }).notNull(),
    priority: text('priority', { enum: ['urgent', 'high', 'normal', 'low', 'background'] }).notNull(),
    workflowId: text('workflow_id').notNull(),
    state: text('state', { enum: ['open', 'ran', 'ranLate', 'skipped', 'missed', 'failed', 'cancelled'] })
      .notNull()
      .default('open'),
    reason: text('reason'),
    /** Milliseconds between due and accepted, when that is late. */
    lateMs: integer('late_ms'),
    deliver: jsonb('deliver').$type<string[]>().notNull(),
    /** Key of `args`, wrapped by the person's; both are null where a fire has no arguments. */
    argsKey: sealed('args_key'),
    /** Sealed JSON: what a person gave along may be personal. */
    args: sealed('args'),
    outcome: jsonb('outcome').$type<FlowOutcome>(),
    dueAt: instant('due_at').notNull(),
    acceptedAt: instant('accepted_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    uniqueIndex('fires_slot').on(t.trigger, t.slotKey),
    index('fires_open').on(t.state, t.acceptedAt),
    index('fires_due').on(t.dueAt),
  ],
);

/** A second delivery of the same event: it points at the fire that it did not become. */
export const deliveries = pgTable('deliveries', {
  id: id().primaryKey(),
  fireId: id('fire_id')
    .notNull()
    .references(() => fires.id),
  at: instant('at').notNull(),
  source: text('source').notNull(),
});

/** Up to where a trigger's slots have been accounted for. */
export const triggerCursors = pgTable('trigger_cursors', {
  trigger: text('trigger').primaryKey(),
  accountedTo: instant('accounted_to').notNull(),
  hash: text('hash').notNull(),
});
