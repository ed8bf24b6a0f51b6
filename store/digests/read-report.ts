import { desc, eq } from 'drizzle-orm';
import { reports } from '../../schemas/db/inbox.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { StoredReport } from '../../schemas/report.ts';
import type { Store } from '../store.ts';

type ReportRow = typeof reports.$inferSelect;

/** Where a report is sealed. */
export const reportPlace = (row: string, person: string) => ({ table: 'reports', row, column: 'content', person });

/** Opens a report by id. @throws notFound */
export async function readReport(store: Store, reportId: string): Promise<StoredReport> {
  const [row] = await store.db.select().from(reports).where(eq(reports.id, reportId));
  if (row === undefined) throw new StewardError('notFound', `There is no report ${reportId}`);
  return open(store, row);
}

/** The newest report of a person, or undefined when none was made yet. */
export async function readLatestReport(store: Store, personId: string): Promise<StoredReport | undefined> {
  const [row] = await store.db
    .select()
    .from(reports)
    .where(eq(reports.personId, personId))
    .orderBy(desc(reports.madeAt))
    .limit(1);
  return row === undefined ? undefined : open(store, row);
}

function open(store: Store, row: ReportRow): StoredReport {
  const opened = store.keys.unit(row.personId, row.wrappedKey).open(reportPlace(row.id, row.personId), row.content);
  return JSON.parse(opened.toString()) as StoredReport;
}
