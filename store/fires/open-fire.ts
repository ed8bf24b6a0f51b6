import { and, eq } from 'drizzle-orm';
import { deliveries, fires } from '../../schemas/db/fires.ts';
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
  };
}

const argsPlace = (row: string, person: string) => ({ table: 'fires', row, column: 'args', person });

function sealArgs({ keys }: Pick<StoreIn, 'keys'>, id: string, { personId, args }: NewFire) {
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

/** Records that an event came again, or that a fire took it along. */
export async function recordDelivery(store: StoreIn, fireId: string, source: string): Promise<void> {
  await store.db
    .insert(deliveries)
    .values({ id: newId('delivery', store.clock), fireId, at: store.clock.now(), source });
}
