import { and, eq, gte, inArray, lte } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { Backfilled, BackfillRequest } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import type { FileSet } from '../schemas/file-set.ts';
import { slotKeys } from '../schemas/ids.ts';
import { slotRuleOf } from '../schemas/slot-rule.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { appendAudit } from '../store/append-audit.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import { openFire } from '../store/fires/open-fire.ts';
import { inTransaction, type StoreIn } from '../store/store.ts';
import { accountSlots } from './account-slots.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { mapFire } from './map-fire.ts';
import { nameFailure } from './name-failure.ts';
import { newFire } from './new-fire.ts';
import { ownerZone } from './owner-zone.ts';
import { releaseQueue } from './release-queue.ts';
import { eachSlot } from './slots.ts';

export const mostBackfilled = 1_000;
/** Slots of a range that are looked at: a minute's schedule over a month. */
const mostSlots = 50_000;

/**
 * Fires each slot of a range that did not run, oldest first and one after another: all wait in the trigger's queue,
 * whatever its `overlap` says, so that a year asked for at once is no flood. Pauses, gates and conditions do not count,
 * since a person asks. One transaction under the trigger's lock, with its row in the audit log.
 *
 * May be repeated: the same request id is the same fires. A slot that ran, or is about to, is left alone.
 *
 * @throws notFound, badInput for a range in the future or of too many slots and for a kind without slots, storeBusy
 * @source docs/design/fires.md
 */
export async function backfillSlots(deps: DispatchDeps, request: BackfillRequest): Promise<Backfilled> {
  const files = deps.files.current();
  const trigger = files.triggers.get(request.trigger);
  if (trigger === undefined) throw new StewardError('notFound', `There is no trigger "${request.trigger}" in force`);
  checkRequest(request, deps.store.clock.now());
  const slots = slotsIn(trigger, files, request.from.getTime(), request.to.getTime());
  const { requestId } = request;
  try {
    if (request.dryRun) {
      const { wanted, left } = await plan(deps.store, request, slots);
      return { requestId, slots: wanted.map((at) => ({ dueAt: new Date(at) })), left };
    }
    // What is due by now follows its file, not this request.
    await accountSlots(deps, trigger.name);
    const done = await inTransaction(deps.store, (inside) => open(deps, inside, trigger, request, slots));
    await releaseQueue(deps, trigger.name);
    return done;
  } catch (error) {
    throw nameFailure(error);
  }
}

function checkRequest({ requestId, from, to, max }: BackfillRequest, now: Date): void {
  const bad = (words: string) => new StewardError('badInput', words);
  if (!/^[\w.:-]{1,100}$/.test(requestId)) throw bad('The request id is not 1 to 100 letters, digits and . _ : -');
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) throw bad('The range has no first or last instant');
  if (from > to) throw bad(`The range ends at ${to.toISOString()}, before it begins`);
  if (to > now) throw bad(`The range ends at ${to.toISOString()}, which is in the future`);
  if (!Number.isInteger(max) || max < 1 || max > mostBackfilled) {
    throw bad(`The most to fire is ${max}, expected 1 to ${mostBackfilled}`);
  }
}

/** The slots of a range, oldest first: the one place that knows how a kind of trigger is asked for them. */
function slotsIn(trigger: Trigger, files: FileSet, from: number, to: number): number[] {
  const rule = slotRuleOf(trigger, ownerZone(files));
  if (rule === undefined) {
    throw new StewardError('badInput', `The trigger "${trigger.name}" has no slots: it fires on what happens`);
  }
  const slots: number[] = [];
  for (const at of eachSlot(rule, from - 1, to)) {
    if (slots.length === mostSlots) {
      throw new StewardError('badInput', `The range holds more than ${mostSlots} slots; ask for a shorter one`);
    }
    slots.push(at);
  }
  return slots;
}

/** Which slots this request stands for, and how many more did not run. */
async function plan(
  { db }: StoreIn,
  { trigger, requestId, from, to, max }: BackfillRequest,
  slots: readonly number[],
): Promise<{ wanted: number[]; left: number }> {
  const known = await db
    .select({ slotKey: fires.slotKey, dueAt: fires.dueAt, state: fires.state })
    .from(fires)
    .where(
      and(
        ...[eq(fires.trigger, trigger), gte(fires.dueAt, from), lte(fires.dueAt, to)],
        inArray(fires.kind, ['schedule', 'backfill']),
      ),
    );
  const own = new Set(known.map((fire) => fire.slotKey));
  // What is open runs or is about to: another fire of that slot would be a second run.
  const settled = new Set(
    known.filter(({ state }) => ['open', 'ran', 'ranLate'].includes(state)).map(({ dueAt }) => dueAt.getTime()),
  );
  const owed = slots.filter((at) => own.has(slotKeys.backfill(requestId, new Date(at))) || !settled.has(at));
  return { wanted: owed.slice(0, max), left: Math.max(0, owed.length - max) };
}

async function open(
  deps: DispatchDeps,
  inside: StoreIn,
  trigger: Trigger,
  request: BackfillRequest,
  slots: readonly number[],
): Promise<Backfilled> {
  await lockTrigger(inside, trigger.name);
  const { wanted, left } = await plan(inside, request, slots);
  const opened: Backfilled['slots'][number][] = [];
  for (const at of wanted) {
    const dueAt = new Date(at);
    const slotKey = slotKeys.backfill(request.requestId, dueAt);
    const bare = newFire(deps.personId, trigger, { kind: 'backfill', slotKey, dueAt });
    const mapped = mapFire(trigger, bare, { kind: 'schedule', dueAt: dueAt.toISOString() }, inside.clock.now());
    if ('failed' in mapped) throw new StewardError('badInput', `The slot ${dueAt.toISOString()}: ${mapped.failed}`);
    const waits = { for: 'queue' as const };
    const { fire: made, accepted } = await openFire(inside, { ...mapped.fire, waits }, 'request');
    opened.push({ dueAt, fireId: made.id, accepted });
  }
  const fresh = opened.filter((one) => one.accepted).length;
  if (fresh > 0) {
    const { requestId, from, to } = request;
    await appendAudit(inside, {
      ...{ actor: request.by, action: 'trigger.backfill', subject: trigger.name, personId: deps.personId },
      data: { request: requestId, from: from.toISOString(), to: to.toISOString(), fires: fresh },
    });
  }
  return { requestId: request.requestId, slots: opened, left };
}
