import { and, eq, notInArray } from 'drizzle-orm';
import { incidents } from '../../schemas/db/records.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { IncidentStanding, TimelineEntry } from '../../schemas/fault-run.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';
import { overStates } from './open-incident.ts';
import { type IncidentRow, withEntries } from './timeline.ts';

/** What the run of an incident has to say. */
export interface IncidentNews {
  readonly fireId: string;
  readonly entries: readonly TimelineEntry[];
  /** How it stands now; as before when left out. `closedIfWell` says nothing where an event has said that it is down. */
  readonly now?: 'down' | 'recovered' | 'closed' | 'closedIfWell' | 'cancelled';
  /** How often it has gone down again. */
  readonly flaps?: number;
}

/**
 * Notes what happened, and how the incident stands from now on. What is over stays as it ended; entries are still kept.
 * May be repeated.
 *
 * @returns what a person or another event made of it
 * @throws notFound
 */
export async function keepIncident(store: Store, news: IncidentNews): Promise<IncidentStanding> {
  return await inTransaction(store, async (inside) => {
    const [row] = await inside.db.select().from(incidents).where(eq(incidents.fireId, news.fireId)).for('update');
    if (row === undefined) throw new StewardError('notFound', `There is no incident of fire ${news.fireId}`);
    const over = isOver(row);
    if (news.now === 'closedIfWell' && !over && row.state !== 'recovered') return standing(row);
    const set = {
      ...withEntries(inside, row, news.entries),
      ...(over || news.flaps === undefined ? {} : { flaps: news.flaps }),
      ...(over || news.now === undefined ? {} : standAs(inside, row, news.now)),
    };
    if (Object.keys(set).length === 0) return standing(row);
    const [kept] = await inside.db.update(incidents).set(set).where(eq(incidents.id, row.id)).returning();
    if (kept!.state !== row.state) await tell(inside, kept!);
    return standing(kept!);
  });
}

/** Closes the incident of a fire that has its ending and said nothing of it: a run that was ended from outside. */
export async function closeLeftIncident(inside: StoreIn, fireId: string, ending: string): Promise<void> {
  const [row] = await inside.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.fireId, fireId), notInArray(incidents.state, [...overStates])))
    .for('update');
  if (row === undefined) return;
  const now = inside.clock.now();
  const state = ending === 'cancelled' ? ('cancelled' as const) : ('closed' as const);
  const entry = { at: now.toISOString(), what: `closed: its run ended as ${ending}` };
  const set = { ...withEntries(inside, row, [entry]), state, closedAt: now };
  await inside.db.update(incidents).set(set).where(eq(incidents.id, row.id));
  await tell(inside, { ...row, ...set });
}

function standAs({ clock }: StoreIn, row: IncidentRow, now: NonNullable<IncidentNews['now']>): Partial<IncidentRow> {
  switch (now) {
    case 'down':
      return { state: row.acknowledgedAt === null ? 'open' : 'acknowledged', recoveredAt: null };
    case 'recovered':
      return { state: 'recovered', recoveredAt: clock.now() };
    case 'cancelled':
      return { state: now, closedAt: clock.now() };
    default:
      return { state: 'closed', closedAt: clock.now() };
  }
}

const isOver = ({ state }: IncidentRow) => (overStates as readonly string[]).includes(state);

function standing(row: IncidentRow): IncidentStanding {
  return { acknowledged: row.acknowledgedAt !== null, recovered: row.state === 'recovered', closed: isOver(row) };
}

async function tell(inside: StoreIn, { id, personId, state, flaps }: IncidentRow): Promise<void> {
  await appendEvent(inside, {
    ...{ aggregate: 'incident', aggregateId: id, type: `incident.${state}`, personId, data: { flaps } },
  });
}
