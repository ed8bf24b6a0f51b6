import { eq } from 'drizzle-orm';
import { reports } from '../../schemas/db/inbox.ts';
import { newId } from '../../schemas/ids.ts';
import type { StoredReport } from '../../schemas/report.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';
import { reportPlace } from './read-report.ts';

/** The id of a fire's report, when it was made already. */
export async function reportOfFire(store: Store, fireId: string): Promise<string | undefined> {
  const [row] = await store.db.select({ id: reports.id }).from(reports).where(eq(reports.fireId, fireId));
  return row?.id;
}

/** Seals and keeps a report. One a fire: two at once keep the first. @returns the id in force */
export async function keepReport(
  store: Store,
  { personId, fireId, make }: { personId: string; fireId: string; make: (reportId: string) => StoredReport },
): Promise<string> {
  const id = newId('report', store.clock);
  const stored = make(id);
  return await inTransaction(store, async (inside) => {
    const unit = inside.keys.newUnit(personId);
    const made = await inside.db
      .insert(reports)
      .values({
        ...{ id, personId, fireId, wrappedKey: unit.wrapped },
        content: unit.seal(reportPlace(id, personId), JSON.stringify(stored)),
        madeAt: new Date(stored.report.madeAt),
        createdAt: inside.clock.now(),
      })
      .onConflictDoNothing({ target: reports.fireId })
      .returning({ id: reports.id });
    if (made.length === 0) return (await reportOfFire(store, fireId)) ?? id;
    await appendEvent(inside, { aggregate: 'report', aggregateId: id, type: 'report.made', personId });
    return id;
  });
}
