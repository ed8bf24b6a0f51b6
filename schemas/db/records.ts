import { sql } from 'drizzle-orm';
import { bigserial, boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { approvalStates, incidentStates } from '../endings.ts';
import { id, instant, sealed } from './columns.ts';
import { people } from './people.ts';

/** One row with each change of state, in its transaction: what plugins, streams and metrics read. No personal data. */
export const events = pgTable(
  'events',
  {
    seq: bigserial('seq', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull(),
    personId: id('person_id'),
    aggregate: text('aggregate').notNull(),
    aggregateId: text('aggregate_id').notNull(),
    type: text('type').notNull(),
    data: jsonb('data').$type<Record<string, string | number | boolean>>().notNull().default({}),
  },
  (t) => [
    index('events_aggregate').on(t.aggregate, t.aggregateId),
    // What is said in a conversation, in its order.
    index('events_conversation').on(sql`(${t.data}->>'conversation')`, t.seq).where(sql`${t.data} ? 'conversation'`),
  ],
);

/** What someone with authority did. Append-only; each row's hash covers the one before. */
export const audit = pgTable('audit', {
  seq: bigserial('seq', { mode: 'number' }).primaryKey(),
  at: instant('at').notNull(),
  personId: id('person_id'),
  actor: text('actor').notNull(),
  action: text('action').notNull(),
  subject: text('subject').notNull(),
  data: jsonb('data').$type<Record<string, string | number | boolean>>().notNull().default({}),
  previousHash: text('previous_hash').notNull(),
  hash: text('hash').notNull(),
});

/** What waits for a person's word: exactly this content, and no other. A timeout is a no. */
export const approvals = pgTable(
  'approvals',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    /** What it is about: another content under the same key takes its place. */
    effectKey: text('effect_key').notNull(),
    /** SHA-256 of the content, hex. */
    contentHash: text('content_hash').notNull(),
    state: text('state', { enum: approvalStates }).notNull().default('waiting'),
    wrappedKey: sealed('wrapped_key').notNull(),
    /** Sealed JSON of `ApprovalContent`. */
    content: sealed('content').notNull(),
    /** Sealed: the text as the person changed it, where it may be changed. */
    changed: sealed('changed'),
    /** The run that waits. */
    workflowId: text('workflow_id').notNull(),
    /** Where it was decided, such as `cli` or the name of a channel. */
    decidedBy: text('decided_by'),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull(),
    decidedAt: instant('decided_at'),
    /** When the run that waits took the word up; until then the sweeper tells it. */
    heardAt: instant('heard_at'),
  },
  (t) => [
    uniqueIndex('approvals_effect').on(t.effectKey, t.contentHash).where(sql`${t.state} <> 'replaced'`),
    index('approvals_state').on(t.state),
  ],
);

/** `${secret:NAME}`: values that files may name without holding them. */
export const secrets = pgTable(
  'secrets',
  {
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    name: text('name').notNull(),
    version: integer('version').notNull(),
    wrappedKey: sealed('wrapped_key').notNull(),
    value: sealed('value').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.personId, t.name] })],
);

/** The last good version of every file a person edits, and what is wrong with the newest. Sealed: a file may hold a password. */
export const configFiles = pgTable(
  'config_files',
  {
    kind: text('kind', { enum: ['trigger', 'channel', 'models', 'instance'] }).notNull(),
    name: text('name').notNull(),
    goodHash: text('good_hash'),
    goodText: sealed('good_text'),
    /** Hash and fault of the newest text, when that is not the good one. */
    brokenHash: text('broken_hash'),
    fault: jsonb('fault').$type<{ line: number; column: number; message: string }>(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.name] })],
);

/** State of each health check: a notice goes out on a transition, not on each failure. */
export const healthStates = pgTable('health_states', {
  check: text('check').primaryKey(),
  healthy: boolean('healthy').notNull(),
  detail: text('detail').notNull(),
  /** Results in a row that differ from `healthy`. */
  streak: integer('streak').notNull().default(0),
  since: instant('since').notNull(),
  checkedAt: instant('checked_at').notNull(),
});

/** A fault of a service from the first bad answer to its closing, with its timeline. */
export const incidents = pgTable(
  'incidents',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    fireId: id('fire_id').notNull(),
    trigger: text('trigger').notNull(),
    service: text('service').notNull(),
    state: text('state', { enum: incidentStates }).notNull().default('open'),
    /** How often the service went down and came back within it. */
    flaps: integer('flaps').notNull().default(0),
    timelineKey: sealed('timeline_key').notNull(),
    /** Sealed JSON: what happened when, in words. */
    timeline: sealed('timeline').notNull(),
    acknowledgedBy: text('acknowledged_by'),
    openedAt: instant('opened_at').notNull(),
    acknowledgedAt: instant('acknowledged_at'),
    recoveredAt: instant('recovered_at'),
    closedAt: instant('closed_at'),
  },
  (t) => [uniqueIndex('incidents_fire').on(t.fireId), index('incidents_state').on(t.state)],
);

/** Times in which no Steward ran: from the last sign of life to the next. */
export const absences = pgTable('absences', {
  from: instant('from_at').primaryKey(),
  to: instant('to_at').notNull(),
});

/** The one row that says when a Steward was last at work. */
export const presence = pgTable('presence', {
  id: integer('id').primaryKey(),
  seenAt: instant('seen_at').notNull(),
});
