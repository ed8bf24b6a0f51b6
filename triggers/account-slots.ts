import { eq } from 'drizzle-orm';
import { fires, triggerCursors } from '../schemas/db/fires.ts';
import { newId, slotKeys } from '../schemas/ids.ts';
import { type SlotRule, slotRuleOf } from '../schemas/slot-rule.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { appendEvent } from '../store/append-event.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import { type FireRow, findSlot, fireRow, type NewFire, openFire } from '../store/fires/open-fire.ts';
import { inTransaction, type StoreIn } from '../store/store.ts';
import { begun, cancelFires, type OpenFire, openFiresOf, overtakeFires } from './cancel-fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { follows } from './followers.ts';
import { mapFire } from './map-fire.ts';
import { nameFailure } from './name-failure.ts';
import { newFire } from './new-fire.ts';
import { ownerZone } from './owner-zone.ts';
import { type PlannedSlot, planSlots } from './plan-slots.ts';
import { recordEnded } from './record-ended.ts';
import { refuseSlots } from './refuse-slots.ts';
import { noRule, ruleOfText, ruleToText } from './rule-text.ts';
import { eachSlot } from './slots.ts';
import { startFire } from './start-fire.ts';

/** Slots that get a row of their own in one accounting; older ones share a row that says how many they were. */
export const mostRows = 1_000;
const rowsPerInsert = 250;

interface Accounted {
  readonly opened: FireRow[];
  readonly overtaken: OpenFire[];
  readonly missed: number;
  readonly skipped: number;
}
const nothing: Accounted = { opened: [], overtaken: [], missed: 0, skipped: 0 };

/**
 * Accounts for every slot of one schedule since the last accounted one: rows and cursor move in one transaction, then
 * the runs start. A start that fails is left to the sweeper. May be repeated at any time, also by several at once.
 *
 * @returns how many slots were opened, missed and skipped by this call; zeros where there is no such schedule
 * @throws storeBusy
 */
export async function accountSlots(
  deps: DispatchDeps,
  name: string,
): Promise<{ fired: number; missed: number; skipped: number }> {
  const files = deps.files.current();
  const trigger = files.triggers.get(name);
  const rule = trigger === undefined ? undefined : slotRuleOf(trigger, ownerZone(files));
  if (trigger === undefined || rule === undefined) return { fired: 0, missed: 0, skipped: 0 };
  let accounted: Accounted;
  try {
    accounted = await inTransaction(deps.store, (inside) => account(deps, inside, trigger, rule));
  } catch (error) {
    throw nameFailure(error);
  }
  for (const fire of accounted.opened) {
    if (fire.waits === 'queue') continue;
    try {
      await startFire(deps, fire);
    } catch (error) {
      deps.log.warn({ fire: fire.id, err: error }, 'a fire could not be started yet; the sweeper tries again');
    }
  }
  await cancelFires(deps, accounted.overtaken);
  return { fired: accounted.opened.length, missed: accounted.missed, skipped: accounted.skipped };
}

async function account(deps: DispatchDeps, inside: StoreIn, trigger: Trigger, rule: SlotRule): Promise<Accounted> {
  const now = inside.clock.now();
  const ruleText = trigger.enabled ? ruleToText(rule) : noRule;
  const first = await inside.db
    .insert(triggerCursors)
    .values({ trigger: trigger.name, accountedTo: now, hash: ruleText })
    .onConflictDoNothing()
    .returning();
  if (first.length > 0) return nothing;
  const cursor = await lockCursor(inside, trigger.name);
  if (cursor === undefined || cursor.accountedTo >= now) return nothing;
  await inside.db
    .update(triggerCursors)
    .set({ accountedTo: now, hash: ruleText })
    .where(eq(triggerCursors.trigger, trigger.name));
  // Until now the rule before was in force: its slots are owed, those of the new one begin now.
  const inForce = ruleOfText(cursor.hash, rule);
  if (inForce === undefined) return nothing;
  const { slots, older } = newestSlots(inForce, cursor.accountedTo.getTime(), now.getTime());
  if (slots.length === 0) return nothing;
  await lockTrigger(inside, trigger.name);
  const open = await openFiresOf(inside, trigger.name);
  const plan = trigger.enabled
    ? await planOf(deps, inside, trigger, slots, open)
    : slots.map((at): PlannedSlot => ({ at, act: 'skipped', reason: 'the trigger was switched off' }));
  const fireOf = (at: number): NewFire => {
    const dueAt = new Date(at);
    return newFire(deps.personId, trigger, { kind: 'schedule', slotKey: slotKeys.schedule(dueAt), dueAt });
  };
  if (older !== undefined) await recordOlder(inside, fireOf(older.first), older);
  await recordUnrun(deps, inside, plan, fireOf);
  const opened: FireRow[] = [];
  for (const { at, act } of plan) {
    if (act === 'open' || act === 'queue') opened.push(...(await openSlot(deps, inside, trigger, fireOf(at), act)));
  }
  const newest = opened.at(-1);
  const overtaken = overlapOf(trigger) === 'cancelPrevious' && newest !== undefined ? begun(open) : [];
  if (newest !== undefined) await overtakeFires(inside, overtaken, newest.id);
  return {
    opened,
    overtaken,
    missed: plan.filter((slot) => slot.act === 'missed').length + (older?.count ?? 0),
    skipped: plan.filter((slot) => slot.act === 'skipped').length,
  };
}

async function planOf(
  deps: DispatchDeps,
  inside: StoreIn,
  trigger: Trigger,
  slots: readonly number[],
  open: readonly OpenFire[],
): Promise<PlannedSlot[]> {
  const [running] = begun(open);
  const standing = {
    queued: open.length - begun(open).length,
    ...(running === undefined ? {} : { running: running.id }),
  };
  const gates = await refuseSlots(inside, deps.personId, trigger);
  const plan = planSlots(trigger, slots, inside.clock.now().getTime(), standing, gates);
  await gates.keep();
  return plan;
}

/** The fire of one slot; none where the slot has one already, or where `map` cannot make its arguments. */
async function openSlot(
  deps: DispatchDeps,
  inside: StoreIn,
  trigger: Trigger,
  bare: NewFire,
  act: 'open' | 'queue',
): Promise<FireRow[]> {
  const event = { kind: 'schedule', dueAt: bare.dueAt.toISOString() };
  const mapped = mapFire(trigger, bare, event, inside.clock.now());
  if ('failed' in mapped) {
    if ((await findSlot(inside, bare.trigger, bare.slotKey)) === undefined)
      await recordEnded(inside, deps.files.current(), bare, 'failed', mapped.failed);
    return [];
  }
  const waits = act === 'queue' ? { waits: { for: 'queue' as const } } : {};
  const { fire, accepted } = await openFire(inside, { ...mapped.fire, ...waits }, 'schedule');
  return accepted ? [fire] : [];
}

async function lockCursor(inside: StoreIn, trigger: string) {
  const [cursor] = await inside.db
    .select()
    .from(triggerCursors)
    .where(eq(triggerCursors.trigger, trigger))
    .for('update');
  return cursor;
}

/** The newest slots, and what is too long ago for rows of its own. */
function newestSlots(rule: SlotRule, from: number, to: number) {
  const slots: number[] = [];
  let first: number | undefined;
  let count = 0;
  for (const at of eachSlot(rule, from, to)) {
    first ??= at;
    count += 1;
    slots.push(at);
    if (slots.length >= 2 * mostRows) slots.splice(0, slots.length - mostRows);
  }
  if (slots.length > mostRows) slots.splice(0, slots.length - mostRows);
  const rest = count - slots.length;
  return { slots, older: rest > 0 ? { first: first!, count: rest, before: slots[0]! } : undefined };
}

/** One row that stands for all slots of a long absence: the rule of docs/design/fires.md. */
async function recordOlder(inside: StoreIn, fire: NewFire, older: { count: number; before: number }): Promise<void> {
  const at = inside.clock.now();
  const until = new Date(older.before).toISOString();
  const row = {
    ...fireRow(inside, { ...fire, slotKey: `${fire.slotKey}+${older.count}` }, at),
    state: 'missed' as const,
    reason: `${older.count} slots before ${until} passed while Steward was away`,
    outcome: { outcome: 'missed', facts: { slots: older.count } },
    endedAt: at,
  };
  await inside.db.insert(fires).values(row).onConflictDoNothing();
}

async function recordUnrun(
  deps: DispatchDeps,
  inside: StoreIn,
  plan: readonly PlannedSlot[],
  fireOf: (at: number) => NewFire,
): Promise<void> {
  const at = inside.clock.now();
  const files = deps.files.current();
  const rows = plan.flatMap(({ act, at: slot, reason }) => {
    if (act === 'open' || act === 'queue') return [];
    const fire = fireOf(slot);
    const followed = !follows(files, { ...fire, policy: fire.policy ?? null, outcome: null }, act, at);
    return [{ ...fireRow(inside, fire, at), state: act, reason: reason ?? null, endedAt: at, followed }];
  });
  for (let from = 0; from < rows.length; from += rowsPerInsert) {
    await inside.db
      .insert(fires)
      .values(rows.slice(from, from + rowsPerInsert))
      .onConflictDoNothing();
  }
  const newest = rows.at(-1);
  if (newest === undefined) return;
  const data = { trigger: newest.trigger, slots: rows.length, newest: newest.slotKey };
  // One event for the batch: a week of minutes would be ten thousand.
  await appendEvent(inside, {
    aggregate: 'fire',
    aggregateId: newest.id ?? newId('fire', inside.clock),
    type: 'fire.notRun',
    personId: newest.personId,
    data,
  });
}
