import { and, desc, eq, lt, notInArray } from 'drizzle-orm';
import { incidents } from '../../schemas/db/records.ts';
import type { IncidentState } from '../../schemas/endings.ts';
import type { TimelineEntry } from '../../schemas/fault-run.ts';
import type { StoreIn } from '../store.ts';
import { overStates } from './open-incident.ts';
import { type IncidentRow, readTimeline } from './timeline.ts';

/** Faults of services, newest first. */
export async function readIncidents(
  { db }: Pick<StoreIn, 'db'>,
  query: { readonly limit: number; readonly state?: IncidentState; readonly before?: string },
): Promise<IncidentRow[]> {
  return await db
    .select()
    .from(incidents)
    .where(
      and(
        query.state === undefined ? undefined : eq(incidents.state, query.state),
        query.before === undefined ? undefined : lt(incidents.id, query.before),
      ),
    )
    .orderBy(desc(incidents.id))
    .limit(query.limit);
}

/** One fault with what happened when, oldest first; undefined where there is none. @throws sealBroken */
export async function readIncident(
  store: StoreIn,
  by: { readonly id: string } | { readonly fireId: string },
): Promise<{ row: IncidentRow; timeline: TimelineEntry[] } | undefined> {
  const wanted = 'id' in by ? eq(incidents.id, by.id) : eq(incidents.fireId, by.fireId);
  const [row] = await store.db.select().from(incidents).where(wanted);
  return row === undefined ? undefined : { row, timeline: readTimeline(store, row) };
}

/** Whether a trigger has a fault that is not over. */
export async function hasOpenIncident({ db }: Pick<StoreIn, 'db'>, trigger: string): Promise<boolean> {
  const [row] = await db
    .select({ id: incidents.id })
    .from(incidents)
    .where(and(eq(incidents.trigger, trigger), notInArray(incidents.state, [...overStates])))
    .limit(1);
  return row !== undefined;
}
