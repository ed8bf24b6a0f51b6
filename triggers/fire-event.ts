import { and, asc, eq, isNull } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { FireReceipt, TriggerEvent } from '../schemas/dispatch.ts';
import type { Ending } from '../schemas/endings.ts';
import { StewardError } from '../schemas/errors.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { appendEvent } from '../store/append-event.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import {
  type FireRow,
  findEvent,
  fireRow,
  keepPayload,
  type NewFire,
  openFire,
  recordDelivery,
  sealArgs,
} from '../store/fires/open-fire.ts';
import { inTransaction, type StoreIn } from '../store/store.ts';
import { countSkip, keepMemory, readTriggerState, recentFires } from '../store/triggers/trigger-state.ts';
import { cancelFires, openFiresOf } from './cancel-fires.ts';
import { decideCondition, mapArguments } from './decide-condition.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { follows } from './followers.ts';
import { gate, isInForce } from './gate.ts';
import { nameFailure } from './name-failure.ts';
import { newFire } from './new-fire.ts';
import { startFire } from './start-fire.ts';

interface Admitted {
  readonly fire: FireRow;
  readonly accepted: boolean;
  /** Runs that this one replaces. */
  readonly overtaken: readonly FireRow[];
}

/** A chain of flows that set each other off ends here. */
const longestChain = 8;

/**
 * An event of one trigger becomes a fire, joins one that waits, or is on record with the reason why it runs nothing.
 * One transaction under the trigger's lock; then the run starts. May be repeated: that is a delivery, not a second fire.
 *
 * @throws notFound where no such trigger is in force, storeBusy; a start that fails is left to the sweeper
 * @source docs/design/fires.md
 */
export async function fireEvent(deps: DispatchDeps, event: TriggerEvent): Promise<FireReceipt> {
  const trigger = deps.files.current().triggers.get(event.trigger);
  if (trigger === undefined || !isInForce(trigger, deps.store.clock.now())) {
    throw new StewardError('notFound', `There is no trigger "${event.trigger}" in force`);
  }
  let admitted: Admitted;
  try {
    admitted = await inTransaction(deps.store, (inside) => admit(deps, inside, trigger, event));
  } catch (error) {
    throw nameFailure(error);
  }
  const { fire, accepted, overtaken } = admitted;
  let unstarted = false;
  if (fire.state === 'open' && fire.waits !== 'queue') {
    try {
      await startFire(deps, fire);
    } catch (error) {
      unstarted = true;
      deps.log.warn({ fire: fire.id, err: error }, 'a fire could not be started yet; the sweeper tries again');
    }
  }
  await cancelFires(deps, overtaken);
  return { fireId: fire.id, workflowId: fire.workflowId, accepted, ...(unstarted ? { unstarted } : {}) };
}

async function admit(deps: DispatchDeps, inside: StoreIn, trigger: Trigger, event: TriggerEvent): Promise<Admitted> {
  await lockTrigger(inside, trigger.name);
  const known = await findEvent(inside, trigger.name, event.slotKey);
  if (known !== undefined) {
    await recordDelivery(inside, known.id, event.source);
    return { fire: known, accepted: false, overtaken: [] };
  }
  const dueAt = event.dueAt ?? inside.clock.now();
  const bare = newFire(deps.personId, trigger, { ...event, dueAt });
  const refused = await refusalOf(deps, inside, trigger, event);
  if (refused !== undefined) return await recordEnded(deps, inside, trigger, bare, 'skipped', refused);
  let args: NewFire['args'];
  try {
    args = { ...bare.args, ...mapArguments(trigger, event.event) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return await recordEnded(deps, inside, trigger, bare, 'failed', error.message);
  }
  const fire = { ...bare, args };
  return trigger.debounce === undefined
    ? await openNow(deps, inside, trigger, fire, event.source)
    : await openDebounced(inside, trigger, fire, event);
}

/** Why this event runs nothing, or undefined. Skips and what the condition remembers are counted here. */
async function refusalOf(
  { personId }: DispatchDeps,
  inside: StoreIn,
  trigger: Trigger,
  event: TriggerEvent,
): Promise<string | undefined> {
  if ((event.causedBy?.depth ?? 0) >= longestChain) {
    return `the chain of flows that set each other off is ${longestChain} long`;
  }
  const state = await readTriggerState(inside, trigger.name);
  const { cooldown, throttle } = trigger;
  const recent =
    cooldown === undefined && throttle === undefined
      ? { recent: 0 }
      : await recentFires(inside, trigger.name, throttle?.per ?? 0);
  const refused = gate(trigger, {
    ...{ now: inside.clock.now().getTime(), skipNext: state.skipNext, ...recent },
    ...(state.pausedBy === undefined ? {} : { pausedBy: state.pausedBy }),
  });
  if (refused !== undefined) {
    if (state.pausedBy === undefined && state.skipNext > 0) await countSkip(inside, trigger.name);
    return refused;
  }
  const decided = decideCondition(trigger, event.event, state.memory);
  if (decided.state !== undefined) await keepMemory(inside, trigger.name, personId, decided.state);
  return decided.pass ? undefined : (decided.reason ?? 'its condition does not hold');
}

async function openNow(
  deps: DispatchDeps,
  inside: StoreIn,
  trigger: Trigger,
  fire: NewFire,
  source: string,
): Promise<Admitted> {
  const overlap = overlapOf(trigger);
  const open = overlap === 'allow' ? [] : await openFiresOf(inside, trigger.name);
  const ahead = open.find((one) => one.waits !== 'queue');
  if (overlap === 'skip' && ahead !== undefined) {
    return await recordEnded(deps, inside, trigger, fire, 'skipped', `${ahead.id} was still open`);
  }
  if (typeof overlap === 'object' && open.length > 0) {
    const queued = open.filter((one) => one.waits === 'queue').length;
    if (queued >= overlap.max) {
      return await recordEnded(deps, inside, trigger, fire, 'skipped', `the queue is full: ${queued} wait`);
    }
    return { ...(await openFire(inside, { ...fire, waits: { for: 'queue' } }, source)), overtaken: [] };
  }
  const opened = await openFire(inside, fire, source);
  return { ...opened, overtaken: overlap === 'cancelPrevious' ? open : [] };
}

/** Joins the fire that is still collecting, with its own arguments, or opens one that collects. */
async function openDebounced(inside: StoreIn, trigger: Trigger, fire: NewFire, event: TriggerEvent): Promise<Admitted> {
  const { quiet, max } = trigger.debounce!;
  const now = inside.clock.now().getTime();
  const [collecting] = await inside.db
    .select()
    .from(fires)
    .where(
      and(eq(fires.trigger, trigger.name), eq(fires.state, 'open'), eq(fires.waits, 'debounce'), isNull(fires.begunAt)),
    )
    .orderBy(asc(fires.id))
    .limit(1)
    .for('update');
  if (collecting === undefined) {
    const notBefore = new Date(now + quiet);
    return {
      ...(await openFire(inside, { ...fire, waits: { for: 'debounce', notBefore } }, event.source)),
      overtaken: [],
    };
  }
  const notBefore = new Date(Math.min(now + quiet, collecting.acceptedAt.getTime() + max));
  await inside.db
    .update(fires)
    .set({ notBefore, ...sealArgs(inside, collecting.id, fire) })
    .where(eq(fires.id, collecting.id));
  await recordDelivery(inside, collecting.id, 'joined', { trigger: trigger.name, slotKey: event.slotKey });
  return { fire: { ...collecting, notBefore }, accepted: true, overtaken: [] };
}

/** A row that ends at once, with its reason. */
async function recordEnded(
  deps: DispatchDeps,
  inside: StoreIn,
  trigger: Trigger,
  fire: NewFire,
  state: Extract<Ending, 'skipped' | 'failed'>,
  reason: string,
): Promise<Admitted> {
  const at = inside.clock.now();
  const row = { ...fireRow(inside, fire, at), state, reason, endedAt: at };
  const followed = !follows(deps.files.current(), { ...row, outcome: null, policy: fire.policy ?? null }, state);
  const [made] = await inside.db
    .insert(fires)
    .values({ ...row, followed })
    .returning();
  await keepPayload(inside, made!, fire.payload);
  await appendEvent(inside, {
    aggregate: 'fire',
    aggregateId: made!.id,
    type: `fire.${state}`,
    personId: made!.personId,
    data: { trigger: trigger.name },
  });
  return { fire: made!, accepted: true, overtaken: [] };
}
