import { eq } from 'drizzle-orm';
import { incidents } from '../../schemas/db/records.ts';
import { StewardError } from '../../schemas/errors.ts';
import { appendAudit } from '../append-audit.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';
import { overStates } from './open-incident.ts';
import { type IncidentRow, withEntries } from './timeline.ts';

/**
 * A person takes a fault on: nobody further is woken. With `closed`, the person says that it is over.
 *
 * May be repeated: the first acknowledgement stays. What is over already stays as it ended.
 *
 * @param note - the person's own words; kept sealed in the timeline
 * @returns the incident as it is now
 * @throws notFound
 */
export async function acknowledgeIncident(
  store: Store,
  { id, note, closed = false }: { id: string; note?: string; closed?: boolean },
): Promise<IncidentRow> {
  return await inTransaction(store, async (inside) => {
    const [row] = await inside.db.select().from(incidents).where(eq(incidents.id, id)).for('update');
    if (row === undefined) throw new StewardError('notFound', `There is no incident ${id}`);
    if ((overStates as readonly string[]).includes(row.state)) return row;
    const now = inside.clock.now();
    const first = row.acknowledgedAt === null;
    if (!first && !closed && note === undefined) return row;
    const words = [
      ...(first ? ['acknowledged by the owner'] : []),
      ...(closed ? ['closed by the owner'] : []),
      ...(note === undefined ? [] : [`note: ${note}`]),
    ];
    const entry = { at: now.toISOString(), what: words.join(', ') };
    const [kept] = await inside.db
      .update(incidents)
      .set({
        ...withEntries(inside, row, [entry]),
        ...(first ? { acknowledgedBy: 'owner', acknowledgedAt: now } : {}),
        ...(closed ? { state: 'closed', closedAt: now } : row.state === 'open' ? { state: 'acknowledged' } : {}),
      })
      .where(eq(incidents.id, id))
      .returning();
    if (!first && !closed) return kept ?? row;
    const { personId } = row;
    const action = closed ? 'incident.close' : 'incident.acknowledge';
    await appendAudit(inside, { actor: 'owner', action, subject: id, personId });
    const type = `incident.${closed ? 'closed' : 'acknowledged'}`;
    await appendEvent(inside, { aggregate: 'incident', aggregateId: id, type, personId });
    return kept!;
  });
}
