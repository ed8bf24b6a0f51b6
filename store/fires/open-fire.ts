import { and, eq, or, sql } from 'drizzle-orm';
import { deliveries, type FirePolicy, fires, payloads } from '../../schemas/db/fires.ts';
import type { Priority } from '../../schemas/endings.ts';
import { newId, workflowIds } from '../../schemas/ids.ts';
import { appendEvent } from '../append-event.ts';
import type { StoreIn } from '../store.ts';

/** One row of the ledger. */
export type FireRow = typeof fires.$inferSelect;

export interface NewFire {
  readonly personId: string;
  readonly trigger: string;
  readonly flow: string;
  /** What makes two fires of one trigger the same; see `slotKeys`. */
  readonly slotKey: string;
  readonly kind: FireRow['kind'];
  readonly priority: Priority;
  readonly deliver: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
  readonly dueAt: Date;
  readonly policy?: FirePolicy;
  /** Open, and not to be started or begun yet. */
  readonly waits?: { readonly for: 'queue' } | { readonly for: 'debounce'; readonly notBefore: Date };
  readonly payload?: { readonly body: Uint8Array; readonly mediaType: string };
  readonly causedBy?: { readonly fireId: string; readonly depth: number };
}

/** Accepted later than this after it was due, a fire counts as late. */
export const lateAfterMs = 60_000;
/** What the column holds: 24 days. */
const mostLateMs = 2_147_483_647;

/**
 * Writes the row of a fire, or, where that slot has one already, a delivery that points at it. Call it inside a
 * transaction; two at once make one fire.
 *
 * @param source - who delivered, such as `schedule`, `api`: kept with a second delivery
 */
export async function openFire(
  store: StoreIn,
  fire: NewFire,
  source: string,
): Promise<{ readonly fire: FireRow; readonly accepted: boolean }> {
  const acceptedAt = store.clock.now();
  const [made] = await store.db
    .insert(fires)
    .values(fireRow(store, fire, acceptedAt))
    .onConflictDoNothing({ target: [fires.trigger, fires.slotKey] })
    .returning();
  if (made !== undefined) {
    await keepPayload(store, made, fire.payload);
    await appendEvent(store, {
      aggregate: 'fire',
      aggregateId: made.id,
      type: 'fire.accepted',
      personId: made.personId,
      data: {
        trigger: made.trigger,
        flow: made.flow,
        kind: made.kind,
        ...(made.lateMs ? { lateMs: made.lateMs } : {}),
      },
    });
    return { fire: made, accepted: true };
  }
  const known = await findSlot(store, fire.trigger, fire.slotKey);
  // The unique key answered, so the row is there and visible: read committed.
  if (known === undefined) throw new Error(`The slot ${fire.slotKey} of ${fire.trigger} was taken and is gone`);
  await recordDelivery(store, known.id, source);
  return { fire: known, accepted: false };
}

/** The values of a new row; `state` stays `open`. */
export function fireRow(
  store: Pick<StoreIn, 'clock' | 'keys'>,
  fire: NewFire,
  acceptedAt: Date,
): typeof fires.$inferInsert {
  const lateMs = acceptedAt.getTime() - fire.dueAt.getTime();
  const id = newId('fire', store.clock);
  return {
    id,
    personId: fire.personId,
    trigger: fire.trigger,
    flow: fire.flow,
    slotKey: fire.slotKey,
    kind: fire.kind,
    priority: fire.priority,
    workflowId: workflowIds.fire(fire.trigger, fire.slotKey),
    deliver: [...fire.deliver],
    ...sealArgs(store, id, fire),
    dueAt: fire.dueAt,
    acceptedAt,
    lateMs: lateMs > lateAfterMs ? Math.min(lateMs, mostLateMs) : null,
    ...(fire.policy === undefined || Object.keys(fire.policy).length === 0 ? {} : { policy: fire.policy }),
    ...(fire.waits === undefined ? {} : { waits: fire.waits.for }),
    ...(fire.waits?.for === 'debounce' ? { notBefore: fire.waits.notBefore } : {}),
    ...(fire.causedBy === undefined ? {} : { causedBy: fire.causedBy.fireId, depth: fire.causedBy.depth + 1 }),
  };
}

const payloadPlace = (row: string, person: string) => ({ table: 'payloads', row, column: 'content', person });

/** Keeps what came with an event, sealed; of several that one fire took along, the last. */
export async function keepPayload(
  { db, keys, clock }: StoreIn,
  fire: Pick<FireRow, 'id' | 'personId'>,
  payload: NewFire['payload'],
): Promise<void> {
  if (payload === undefined) return;
  const unit = keys.newUnit(fire.personId);
  const content = unit.seal(payloadPlace(fire.id, fire.personId), Buffer.from(payload.body));
  const kept = { wrappedKey: unit.wrapped, content, mediaType: payload.mediaType, receivedAt: clock.now() };
  await db
    .insert(payloads)
    .values({ fireId: fire.id, personId: fire.personId, ...kept })
    .onConflictDoUpdate({ target: payloads.fireId, set: kept });
}

/** What came with the event of a fire, byte for byte; undefined where nothing did. @throws sealBroken */
export async function readPayload(
  { db, keys }: StoreIn,
  fireId: string,
): Promise<{ body: Buffer; mediaType: string; receivedAt: Date } | undefined> {
  const [row] = await db.select().from(payloads).where(eq(payloads.fireId, fireId));
  if (row === undefined) return undefined;
  const body = keys.unit(row.personId, row.wrappedKey).open(payloadPlace(fireId, row.personId), row.content);
  return { body, mediaType: row.mediaType, receivedAt: row.receivedAt };
}

const argsPlace = (row: string, person: string) => ({ table: 'fires', row, column: 'args', person });

/** Arguments sealed for one row, with a key of their own. */
export function sealArgs(
  { keys }: Pick<StoreIn, 'keys'>,
  id: string,
  { personId, args }: Pick<NewFire, 'personId' | 'args'>,
) {
  if (Object.keys(args).length === 0) return { argsKey: null, args: null };
  const unit = keys.newUnit(personId);
  return { argsKey: unit.wrapped, args: unit.seal(argsPlace(id, personId), JSON.stringify(args)) };
}

/** Opens the arguments of a fire. @throws sealBroken */
export function argsOf({ keys }: Pick<StoreIn, 'keys'>, fire: FireRow): Record<string, unknown> {
  if (fire.argsKey === null || fire.args === null) return {};
  const opened = keys.unit(fire.personId, fire.argsKey).open(argsPlace(fire.id, fire.personId), fire.args);
  return JSON.parse(opened.toString()) as Record<string, unknown>;
}

/** The fire of one slot, or undefined. */
export async function findSlot(store: StoreIn, trigger: string, slotKey: string): Promise<FireRow | undefined> {
  const [row] = await store.db
    .select()
    .from(fires)
    .where(and(eq(fires.trigger, trigger), eq(fires.slotKey, slotKey)));
  return row;
}

/** The fire that one event became, or that took it along; undefined where it is new. */
export async function findEvent(store: StoreIn, trigger: string, slotKey: string): Promise<FireRow | undefined> {
  const joined = store.db
    .select({ id: deliveries.fireId })
    .from(deliveries)
    .where(and(eq(deliveries.trigger, trigger), eq(deliveries.slotKey, slotKey)));
  // One round trip for each event, and `=` keeps both sides on their index, as `in` would not.
  const [row] = await store.db
    .select()
    .from(fires)
    .where(or(and(eq(fires.trigger, trigger), eq(fires.slotKey, slotKey)), sql`${fires.id} = (${joined})`))
    .limit(1);
  return row;
}

/**
 * Records that an event came again, or that a fire took it along.
 *
 * @param joined - the event that was taken along: it becomes no fire of its own
 */
export async function recordDelivery(
  store: StoreIn,
  fireId: string,
  source: string,
  joined?: { readonly trigger: string; readonly slotKey: string },
): Promise<void> {
  await store.db
    .insert(deliveries)
    .values({ id: newId('delivery', store.clock), fireId, at: store.clock.now(), source, ...joined });
}
