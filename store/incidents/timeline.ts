import type { incidents } from '../../schemas/db/records.ts';
import type { TimelineEntry } from '../../schemas/fault-run.ts';
import type { StoreIn } from '../store.ts';

/** One fault of a service. */
export type IncidentRow = typeof incidents.$inferSelect;

/** A service that flaps for weeks: the beginning and the newest are kept. */
const mostEntries = 500;
const keptFirst = 100;

const timelinePlace = (row: string, person: string) => ({ table: 'incidents', row, column: 'timeline', person });

type Sealable = Pick<IncidentRow, 'id' | 'personId'>;

/** A new timeline, sealed with a key of its own. */
export function newTimeline({ keys }: Pick<StoreIn, 'keys'>, row: Sealable, entries: readonly TimelineEntry[]) {
  const unit = keys.newUnit(row.personId);
  return {
    timelineKey: unit.wrapped,
    timeline: unit.seal(timelinePlace(row.id, row.personId), JSON.stringify(entries)),
  };
}

/** What happened when, oldest first. @throws sealBroken */
export function readTimeline({ keys }: Pick<StoreIn, 'keys'>, row: IncidentRow): TimelineEntry[] {
  const unit = keys.unit(row.personId, row.timelineKey);
  const opened = unit.open(timelinePlace(row.id, row.personId), row.timeline).toString();
  return JSON.parse(opened) as TimelineEntry[];
}

/** The timeline with further entries, sealed anew. The same entry twice is one. @throws sealBroken */
export function withEntries(
  store: Pick<StoreIn, 'keys'>,
  row: IncidentRow,
  entries: readonly TimelineEntry[],
): { timeline?: Buffer } {
  const known = readTimeline(store, row);
  const fresh = entries.filter(
    ({ at, what, said }) => !known.some((one) => one.at === at && one.what === what && one.said === said),
  );
  if (fresh.length === 0) return {};
  const all = [...known, ...fresh].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  if (all.length > mostEntries) all.splice(keptFirst, all.length - mostEntries);
  const unit = store.keys.unit(row.personId, row.timelineKey);
  return { timeline: unit.seal(timelinePlace(row.id, row.personId), JSON.stringify(all)) };
}
