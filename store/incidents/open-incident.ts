import { and, eq, notInArray } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import { incidents } from '../../schemas/db/records.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { FaultRunPlan, OpenedIncident, TimelineEntry } from '../../schemas/fault-run.ts';
import { newId } from '../../schemas/ids.ts';
import { appendEvent } from '../append-event.ts';
import { lockTrigger } from '../fires/lock-trigger.ts';
import { argsOf, type FireRow } from '../fires/open-fire.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { readWatch } from '../triggers/watch-state.ts';
import { type Fault, readFault } from './read-fault.ts';
import { type IncidentRow, newTimeline, readTimeline, withEntries } from './timeline.ts';

/** An incident that is over. */
export const overStates = ['closed', 'cancelled'] as const;

/**
 * The incident of a fire: a new one, or the one that another run of its trigger has open, which is told of the event.
 * May be repeated: the same fire has the same incident.
 *
 * @param at - RFC 3339, when the run began: the same on each try
 * @throws notFound, badInput where the plan cannot be used
 */
export async function openIncident(
  store: Store,
  { fireId, at }: { fireId: string; at: string },
): Promise<OpenedIncident> {
  return await inTransaction(store, async (inside) => {
    const [fire] = await inside.db.select().from(fires).where(eq(fires.id, fireId));
    if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
    await lockTrigger(inside, fire.trigger);
    const fault = readFault(inside, fire);
    const found = fault.found ?? (await foundBy(inside, fire.trigger));
    const [own] = await inside.db.select().from(incidents).where(eq(incidents.fireId, fireId));
    if (own !== undefined) return mine(own, fault, fire.trigger, found);
    const [other] = await inside.db
      .select()
      .from(incidents)
      .where(and(eq(incidents.trigger, fire.trigger), notInArray(incidents.state, [...overStates])))
      .for('update');
    if (other !== undefined) return await join(inside, other, { fault, dueAt: fire.dueAt, at });
    if (fault.recovered) return { kind: 'well' };
    const what = `fault${found === undefined ? '' : `: ${found}`}`;
    const made = await insert(inside, fire, fault, { at, what, said: fire.dueAt.toISOString() });
    return mine(made, fault, fire.trigger, found);
  });
}

async function foundBy(inside: StoreIn, trigger: string): Promise<string | undefined> {
  const watch = await readWatch(inside, trigger);
  return watch?.faulty === true ? watch.detail : undefined;
}

async function insert(
  inside: StoreIn,
  { id: fireId, personId, trigger }: FireRow,
  { plan }: Fault,
  first: TimelineEntry,
): Promise<IncidentRow> {
  const id = newId('incident', inside.clock);
  const service = plan.service ?? trigger;
  const [made] = await inside.db
    .insert(incidents)
    .values({
      ...{ id, personId, fireId, trigger, service },
      ...newTimeline(inside, { id, personId }, [first]),
      openedAt: new Date(first.at),
    })
    .returning();
  await appendEvent(inside, {
    ...{ aggregate: 'incident', aggregateId: id, type: 'incident.opened', personId },
    data: { trigger, fire: fireId },
  });
  return made!;
}

/**
 * Another event of the same trigger: noted, and taken for how the service is where its run cannot look for itself. One
 * from before the newest that was noted is noted only: runs begin in any order.
 */
async function join(
  inside: StoreIn,
  row: IncidentRow,
  { fault, dueAt, at }: { fault: Fault; dueAt: Date; at: string },
): Promise<OpenedIncident> {
  const [fire] = await inside.db.select().from(fires).where(eq(fires.id, row.fireId));
  const blind = fire !== undefined && argsOf(inside, fire).target === undefined;
  const said = dueAt.toISOString();
  const newest = !readTimeline(inside, row).some((one) => one.said !== undefined && one.said > said);
  const what = fault.recovered ? 'an event says that it is well again' : 'the trigger fired again';
  const down = row.acknowledgedAt === null ? ('open' as const) : ('acknowledged' as const);
  const changed = fault.recovered
    ? { state: 'recovered' as const, recoveredAt: new Date(at) }
    : { state: down, recoveredAt: null };
  const set = { ...withEntries(inside, row, [{ at, what, said }]), ...(blind && newest ? changed : {}) };
  if (Object.keys(set).length > 0) await inside.db.update(incidents).set(set).where(eq(incidents.id, row.id));
  return { kind: 'joined', incidentId: row.id, fireId: row.fireId, workflowId: fire?.workflowId ?? '' };
}

function mine({ id }: IncidentRow, { plan, target }: Fault, trigger: string, found?: string): OpenedIncident {
  return {
    ...{ kind: 'own', incidentId: id, plan: runPlan(plan, trigger, target !== undefined) },
    ...(found === undefined ? {} : { found }),
  };
}

function runPlan(plan: Fault['plan'], trigger: string, looks: boolean): FaultRunPlan {
  const { action, verify } = plan;
  return {
    ...{ service: plan.service ?? trigger, notify: plan.notify, flapping: plan.flapping, looks },
    diagnose: plan.diagnose.map((step) => step.name),
    ...(action === undefined ? {} : { action: { name: action.name, wait: action.wait } }),
    verify: { every: verify.every, healthy: verify.healthy, within: verify.within },
    escalate: plan.escalate.toSorted((a, b) => a.after - b.after),
  };
}
