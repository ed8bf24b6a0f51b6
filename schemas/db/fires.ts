import { sql } from 'drizzle-orm';
import { boolean, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import { fireKinds } from '../fire-kinds.ts';
import type { FlowOutcome } from '../flow-io.ts';
import type { TriggerFile } from '../trigger-file.ts';
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
    kind: text('kind', { enum: fireKinds }).notNull(),
    priority: text('priority', { enum: ['urgent', 'high', 'normal', 'low', 'background'] }).notNull(),
    workflowId: text('workflow_id').notNull(),
    state: text('state', { enum: ['open', 'ran', 'ranLate', 'skipped', 'missed', 'failed', 'cancelled'] })
      .notNull()
      .default('open'),
    /** Why it ended so; on an open row: who overtook it, so that it is to be cancelled. */
    reason: text('reason'),
    /** Milliseconds between due and accepted, when that is late. */
    lateMs: integer('late_ms'),
    deliver: jsonb('deliver').$type<string[]>().notNull(),
    /** Key of `args`, wrapped by the person's; both are null where a fire has no arguments. */
    argsKey: sealed('args_key'),
    /** Sealed JSON: what a person gave along may be personal. */
    args: sealed('args'),
    outcome: jsonb('outcome').$type<FlowOutcome>(),
    /** What the trigger's file said when it was accepted: a run finishes on the version it began with. */
    policy: jsonb('policy').$type<FirePolicy>(),
    /** Open and not started yet: behind another run, or until its events have come to rest. */
    waits: text('waits', { enum: ['queue', 'debounce'] }),
    /** Not begun before this instant; moves while further events join. */
    notBefore: instant('not_before'),
    /** When its run took up its arguments; only where it waited. */
    begunAt: instant('begun_at'),
    /** The fire whose ending set this one off, and how long that chain is. */
    causedBy: id('caused_by'),
    depth: integer('depth').notNull().default(0),
    /** False while another trigger must still be told of the ending. */
    followed: boolean('followed').notNull().default(true),
    dueAt: instant('due_at').notNull(),
    acceptedAt: instant('accepted_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (t) => [
    uniqueIndex('fires_slot').on(t.trigger, t.slotKey),
    index('fires_open').on(t.state, t.acceptedAt),
    index('fires_due').on(t.dueAt),
    index('fires_trigger').on(t.trigger, t.acceptedAt),
    index('fires_caused').on(t.causedBy).where(sql`${t.causedBy} is not null`),
    index('fires_unfollowed').on(t.id).where(sql`not ${t.followed}`),
    index('fires_waiting').on(t.trigger).where(sql`${t.waits} is not null and ${t.state} = 'open'`),
  ],
);

/** What of a trigger's file a fire keeps. */
export type FirePolicy = Pick<TriggerFile, 'retry' | 'onFailure'>;

/** A second delivery of the same event, or another event that a fire took along: it points at that fire. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: id().primaryKey(),
    fireId: id('fire_id')
      .notNull()
      .references(() => fires.id),
    at: instant('at').notNull(),
    source: text('source').notNull(),
    /** Set where the event was another one that joined: it may not become a fire of its own later. */
    trigger: text('trigger'),
    slotKey: text('slot_key'),
  },
  (t) => [uniqueIndex('deliveries_slot').on(t.trigger, t.slotKey), index('deliveries_fire').on(t.fireId)],
);

/** What came with an event, byte for byte and sealed: the body of a webhook, the text of a message. */
export const payloads = pgTable('payloads', {
  fireId: id('fire_id')
    .primaryKey()
    .references(() => fires.id),
  personId: id('person_id')
    .notNull()
    .references(() => people.id),
  wrappedKey: sealed('wrapped_key').notNull(),
  content: sealed('content').notNull(),
  mediaType: text('media_type').notNull(),
  receivedAt: instant('received_at').notNull(),
});

/** What a trigger remembers between its fires. */
export const triggerStates = pgTable('trigger_states', {
  trigger: text('trigger').primaryKey(),
  personId: id('person_id')
    .notNull()
    .references(() => people.id),
  pausedAt: instant('paused_at'),
  pausedBy: text('paused_by'),
  /** So many of the next fires are skipped because a person asked. */
  skipNext: integer('skip_next').notNull().default(0),
  /** `state` of its condition: sealed JSON, since it may be made of what came from outside. */
  memoryKey: sealed('memory_key'),
  memory: sealed('memory'),
  /** Where a watch stands: counts, instants and figures, nothing personal. */
  watch: jsonb('watch').$type<WatchState>(),
  updatedAt: instant('updated_at').notNull(),
});

/** One watch: `http` and `metric` count answers, `file` knows what it last saw. */
export interface WatchState {
  /** Hash of what the file says of the watch; another one begins anew. */
  readonly hash: string;
  readonly faulty: boolean;
  /** How often it has changed between well and faulty: part of the key of a fire. */
  readonly changes: number;
  /** Newest last: true is a fault. */
  readonly recent: readonly boolean[];
  /** RFC 3339: since when it is as it is, since when without a break over the line, when last looked at. */
  readonly since: string;
  readonly overSince?: string;
  readonly lookedAt: string;
  /** The last finding in words, without anything personal. */
  readonly detail: string;
  /** What the last look came to; `unknown` is neither well nor a fault. */
  readonly verdict?: 'well' | 'fault' | 'unknown';
  /** RFC 3339, when Temporal asked for the last look that was counted: one that is tried again counts once. */
  readonly countedFor?: string;
  /** The last change, until its fire is in the ledger: a crash between the two loses nothing. */
  readonly untold?: {
    readonly slotKey: string;
    readonly at: string;
    readonly facts: Readonly<Record<string, string | number | boolean>>;
  };
  /** `file`: stamp by path hash, and what the path was when it was last there. */
  readonly seen?: Readonly<Record<string, string>>;
  readonly root?: 'file' | 'folder';
}

/** Up to where a trigger's slots have been accounted for. */
export const triggerCursors = pgTable('trigger_cursors', {
  trigger: text('trigger').primaryKey(),
  accountedTo: instant('accounted_to').notNull(),
  hash: text('hash').notNull(),
});
