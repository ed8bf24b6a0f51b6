import { and, eq, gte, inArray } from 'drizzle-orm';
import { events, healthStates } from '../../schemas/db/records.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store, type StoreIn } from '../store.ts';

/** What one look at one thing came to. */
export interface CheckResult {
  /** `machine.disk`, `postgres`, `channel:<name>`, `service:<name>`. */
  readonly check: string;
  readonly healthy: boolean;
  /** Figures and states; no personal data, no secret. */
  readonly detail: string;
}

type Row = typeof healthStates.$inferSelect;

/**
 * Records one round of checks, in one transaction. A state changes when `after` results in a row differ from it; a check
 * that is new counts as healthy until then. Checks that are not in the round any more are forgotten.
 *
 * @param after - results in a row that make a transition, 1 or more
 * @param since - transitions from this instant on are given too, so that a repeated round tells what its first try changed
 * @returns the transitions
 */
export async function recordChecks(
  store: Store,
  results: readonly CheckResult[],
  { after, since }: { after: number; since?: Date },
): Promise<CheckResult[]> {
  return await inTransaction(store, async (inside) => {
    // Sorted, so that two rounds at once lock in one order.
    const sorted = results.toSorted((a, b) => (a.check < b.check ? -1 : 1));
    const rows = new Map(
      (await inside.db.select().from(healthStates).orderBy(healthStates.check).for('update')).map((row) => [
        row.check,
        row,
      ]),
    );
    const gone = [...rows.keys()].filter((check) => !sorted.some((result) => result.check === check));
    if (gone.length > 0) await inside.db.delete(healthStates).where(inArray(healthStates.check, gone));
    const toldBefore = await changedSince(inside, since);
    const changed: CheckResult[] = [];
    for (const result of sorted) {
      const before = rows.get(result.check);
      const next = step(before, result, after, inside.clock.now());
      await inside.db.insert(healthStates).values(next).onConflictDoUpdate({ target: healthStates.check, set: next });
      const changedNow = next.healthy !== (before?.healthy ?? true);
      if (changedNow) await tell(inside, next);
      if (changedNow || toldBefore.has(result.check)) changed.push({ ...result, healthy: next.healthy });
    }
    return changed;
  });
}

async function changedSince(inside: StoreIn, since: Date | undefined): Promise<Set<string>> {
  if (since === undefined) return new Set();
  const rows = await inside.db
    .select({ check: events.aggregateId })
    .from(events)
    .where(and(eq(events.aggregate, 'health'), gte(events.at, since)));
  return new Set(rows.map((row) => row.check));
}

function step(before: Row | undefined, { check, healthy, detail }: CheckResult, after: number, now: Date): Row {
  const settled = before?.healthy ?? true;
  const streak = healthy === settled ? 0 : (before?.streak ?? 0) + 1;
  if (streak >= after) return { check, healthy, detail, streak: 0, since: now, checkedAt: now };
  return { check, healthy: settled, detail, streak, since: before?.since ?? now, checkedAt: now };
}

function tell(inside: StoreIn, { check, healthy }: Row): Promise<void> {
  const type = healthy ? 'health.recovered' : 'health.failing';
  return appendEvent(inside, { aggregate: 'health', aggregateId: check, type });
}
