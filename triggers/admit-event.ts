import { and, asc, eq, isNull } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { TriggerEvent } from '../schemas/dispatch.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import {
  argsOf,
  type FireRow,
  findEvent,
  type NewFire,
  openFire,
  recordDelivery,
  sealArgs,
} from '../store/fires/open-fire.ts';
import type { StoreIn } from '../store/store.ts';
import { type OpenFire, openFiresOf, overtakeFires } from './cancel-fires.ts';
import { debounceOf } from './debounce-of.ts';
import { mapArguments } from './decide-condition.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { newFire } from './new-fire.ts';
import { recordEnded } from './record-ended.ts';
import { refuseEvent } from './refuse-event.ts';

/** What became of an event in its transaction. */
export interface Admitted {
  readonly fire: FireRow;
  /** False where the event was known already. */
  readonly accepted: boolean;
  /** Runs that this one replaces. */
  readonly overtaken: readonly OpenFire[];
}

type Deps = Pick<DispatchDeps, 'personId' | 'files'>;

/**
 * Decides what becomes of an event: a delivery of a known one, a row that ends at once with its reason, a place in a
 * fire that still collects, a place in the queue, or a fire to start. Call it inside a transaction; it takes the
 * trigger's lock.
 *
 * @source docs/design/fires.md
 */
export async function admitEvent(
  deps: Deps,
  inside: StoreIn,
  trigger: Trigger,
  event: TriggerEvent,
): Promise<Admitted> {
  await lockTrigger(inside, trigger.name);
  const known = await findEvent(inside, trigger.name, event.slotKey);
  if (known !== undefined) {
    await recordDelivery(inside, known.id, event.source);
    return { fire: known, accepted: false, overtaken: [] };
  }
  const dueAt = event.dueAt ?? inside.clock.now();
  const bare = newFire(deps.personId, trigger, { ...event, dueAt });
  const refused = await refuseEvent(inside, deps.personId, trigger, event);
  if (refused !== undefined) return await ended(deps, inside, bare, 'skipped', refused);
  let args: NewFire['args'];
  try {
    args = { ...bare.args, ...mapArguments(trigger, event.event, inside.clock.now()) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return await ended(deps, inside, bare, 'failed', error.message);
  }
  const fire = { ...bare, args };
  const debounce = debounceOf(trigger);
  return debounce === undefined
    ? await openNow(deps, inside, trigger, fire, event.source)
    : await openDebounced(deps, inside, { ...trigger, debounce }, fire, event);
}

async function ended(...[{ files }, inside, fire, state, reason]: EndArguments): Promise<Admitted> {
  return { fire: await recordEnded(inside, files.current(), fire, state, reason), accepted: true, overtaken: [] };
}
type EndArguments = [Deps, StoreIn, NewFire, 'skipped' | 'failed', string];

async function openNow(
  deps: Deps,
  inside: StoreIn,
  trigger: Trigger,
  fire: NewFire,
  source: string,
): Promise<Admitted> {
  const overlap = overlapOf(trigger);
  const open = overlap === 'allow' ? [] : await openFiresOf(inside, trigger.name);
  const ahead = open.find((one) => one.waits !== 'queue');
  if (overlap === 'skip' && ahead !== undefined) {
    return await ended(deps, inside, fire, 'skipped', `${ahead.id} was still open`);
  }
  if (typeof overlap === 'object' && open.length > 0) {
    const queued = open.filter((one) => one.waits === 'queue').length;
    if (queued >= overlap.max) {
      return await ended(deps, inside, fire, 'skipped', `the queue is full: ${queued} wait`);
    }
    return { ...(await openFire(inside, { ...fire, waits: { for: 'queue' } }, source)), overtaken: [] };
  }
  const opened = await openFire(inside, fire, source);
  if (overlap !== 'cancelPrevious') return { ...opened, overtaken: [] };
  await overtakeFires(inside, open, opened.fire.id);
  return { ...opened, overtaken: open };
}

/** Joins the fire that is still collecting, with its own arguments, or opens one that collects. */
async function openDebounced(
  deps: Deps,
  inside: StoreIn,
  trigger: Trigger & { debounce: NonNullable<Trigger['debounce']> },
  fire: NewFire,
  event: TriggerEvent,
): Promise<Admitted> {
  const { quiet, max } = trigger.debounce;
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
    const waits = { for: 'debounce' as const, notBefore: new Date(now + quiet) };
    return await openNow(deps, inside, trigger, { ...fire, waits }, event.source);
  }
  const notBefore = new Date(Math.min(now + quiet, collecting.acceptedAt.getTime() + max));
  const args =
    event.collect === undefined ? fire.args : collected(argsOf(inside, collecting), fire.args, event.collect);
  await inside.db
    .update(fires)
    .set({ notBefore, ...sealArgs(inside, collecting.id, { ...fire, args }) })
    .where(eq(fires.id, collecting.id));
  await recordDelivery(inside, collecting.id, 'joined', { trigger: trigger.name, slotKey: event.slotKey });
  return { fire: { ...collecting, notBefore }, accepted: true, overtaken: [] };
}

/** The newest arguments, but the named list holds what every event brought, each once. */
function collected(before: NewFire['args'], now: NewFire['args'], name: string): NewFire['args'] {
  const lists = [before[name], now[name]].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return { ...now, [name]: [...new Set(lists)] };
}
