import { eq } from 'drizzle-orm';
import { healthStates } from '../../schemas/db/records.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

/** What one check found. The detail holds no personal data: it may be mailed and logged. */
export interface CheckResult {
  readonly check: string;
  readonly healthy: boolean;
  readonly detail: string;
}

/**
 * Writes results and says which checks changed their state: a change counts after `after` results in a row that
 * differ. A check seen for the first time is taken as well unless it fails that often too.
 */
export async function recordResults(
  store: Store,
  results: readonly CheckResult[],
  after: number,
): Promise<CheckResult[]> {
  return await inTransaction(store, async (inside) => {
    const transitions: CheckResult[] = [];
    for (const result of results) {
      const { check, healthy, detail } = result;
      const now = inside.clock.now();
      const [known] = await inside.db.select().from(healthStates).where(eq(healthStates.check, check)).for('update');
      const state = known ?? { healthy: true, streak: 0, since: now, detail };
      const streak = healthy === state.healthy ? 0 : state.streak + 1;
      const changed = streak >= after;
      const next = {
        healthy: changed ? healthy : state.healthy,
        streak: changed ? 0 : streak,
        since: changed ? now : state.since,
        detail: changed || healthy === state.healthy ? detail : state.detail,
        checkedAt: now,
      };
      await inside.db
        .insert(healthStates)
        .values({ check, ...next })
        .onConflictDoUpdate({ target: healthStates.check, set: next });
      if (!changed) continue;
      transitions.push(result);
      await appendEvent(inside, {
        aggregate: 'health',
        aggregateId: check,
        type: healthy ? 'health.well' : 'health.failing',
      });
    }
    return transitions;
  });
}
