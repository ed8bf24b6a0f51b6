import { and, asc, eq, isNull, or } from 'drizzle-orm';
import { fires } from '../schemas/db/fires.ts';
import type { TriggerEvent } from '../schemas/dispatch.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import {
  argsOf,
  type FireRow,
  findEvent,
  keepPayload,
  type NewFire,
  openFire,
  recordDelivery,
  sealArgs,
} from '../store/fires/open-fire.ts';
import type { StoreIn } from '../store/store.ts';
import { begun, type OpenFire, openFiresOf, overtakeFires } from './cancel-fires.ts';
import { debounceOf } from './debounce-of.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { mapFire } from './map-fire.ts';
import { newFire } from './new-fire.ts';
import { recordEnded } from './record-ended.ts';
import { refuseEvent } from './refuse-event.ts';

/** What became of an event in its transaction. */
export interface Admitted {
  readonly fire: FireRow;
  /** False where the event was known already. */
  readonly accepted: boolean;
  /** Another fire took it along: there is nothing to start. */
  readonly joined?: true;
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
  const debounce = debounceOf(trigger);
  const taking = await takingAlong(inside, trigger, event, debounce !== undefined);
  const refused = await refuseEvent(inside, deps.personId, trigger, event, taking !== undefined);
  if (refused !== undefined) return await ended(deps, inside, bare, 'skipped', refused);
  const mapped = mapFire(trigger, bare, event.event, inside.clock.now());
  if ('failed' in mapped) return await ended(deps, inside, bare, 'failed', mapped.failed);
  if (taking !== undefined) return await joinFire(inside, taking, mapped.fire, event, debounce);
  const now = inside.clock.now().getTime();
  const waits = debounce && { waits: { for: 'debounce' as const, notBefore: new Date(now + debounce.quiet) } };
  return await openNow(deps, inside, trigger, { ...mapped.fire, ...waits }, event.source);
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
  const [ahead] = begun(open);
  if (overlap === 'skip' && ahead !== undefined) {
    return await ended(deps, inside, fire, 'skipped', `${ahead.id} was still open`);
  }
  if (typeof overlap === 'object' && open.length > 0) {
    const queued = open.length - begun(open).length;
    if (queued >= overlap.max) {
      return await ended(deps, inside, fire, 'skipped', `the queue is full: ${queued} wait`);
    }
    return { ...(await openFire(inside, { ...fire, waits: { for: 'queue' } }, source)), overtaken: [] };
  }
  const opened = await openFire(inside, fire, source);
  if (overlap !== 'cancelPrevious') return { ...opened, overtaken: [] };
  const overtaken = begun(open);
  await overtakeFires(inside, overtaken, opened.fire.id);
  return { ...opened, overtaken };
}

/** The fire that takes an event along: one that still collects, or one in the queue where the event brings a list. */
async function takingAlong(
  inside: StoreIn,
  { name }: Trigger,
  { collect }: TriggerEvent,
  collects: boolean,
): Promise<FireRow | undefined> {
  const open = [eq(fires.trigger, name), eq(fires.state, 'open')];
  const where = [
    ...(collects ? [and(eq(fires.waits, 'debounce'), isNull(fires.begunAt))] : []),
    ...(collect === undefined ? [] : [eq(fires.waits, 'queue')]),
  ];
  if (where.length === 0) return undefined;
  const [taking] = await inside.db
    .select()
    .from(fires)
    .where(and(...open, or(...where)))
    .orderBy(asc(fires.id))
    .limit(1)
    .for('update');
  return taking;
}

/** The event goes along, with its own arguments and payload in the place of those before it. */
async function joinFire(
  inside: StoreIn,
  taking: FireRow,
  fire: NewFire,
  event: TriggerEvent,
  debounce: Trigger['debounce'],
): Promise<Admitted> {
  const args = event.collect === undefined ? fire.args : collected(argsOf(inside, taking), fire.args, event.collect);
  const now = inside.clock.now().getTime();
  const latest = taking.acceptedAt.getTime() + (debounce?.max ?? 0);
  const later = debounce &&
    taking.waits === 'debounce' && { notBefore: new Date(Math.min(now + debounce.quiet, latest)) };
  await inside.db
    .update(fires)
    .set({ ...later, ...sealArgs(inside, taking.id, { ...fire, args }) })
    .where(eq(fires.id, taking.id));
  await keepPayload(inside, taking, event.payload);
  await recordDelivery(inside, taking.id, 'joined', { trigger: taking.trigger, slotKey: event.slotKey });
  return { fire: taking, accepted: true, joined: true, overtaken: [] };
}

/** The newest arguments, but the named list holds what every event brought, each once. */
function collected(before: NewFire['args'], now: NewFire['args'], name: string): NewFire['args'] {
  const lists = [before[name], now[name]].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return { ...now, [name]: [...new Set(lists)] };
}
