import { and, eq } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { Ending } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { FireEnding } from '../../schemas/flow-io.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

/**
 * Writes the one ending of a fire. May be repeated: the first ending stays, a second changes nothing and says so.
 *
 * A run that says `skipped` of itself ends so; a run that began late ends as `ranLate`.
 *
 * @returns the ending in force, and whether this call wrote it
 * @throws notFound where no such fire exists
 */
export async function endFire(
  store: Store,
  { fireId, ending, reason, outcome }: FireEnding,
): Promise<{ readonly ending: Ending; readonly written: boolean }> {
  // When the flow ended, not when the row could be written: Postgres may be away in between.
  const endedAt = store.clock.now();
  return await inTransaction(store, async (inside) => {
    const [fire] = await inside.db.select().from(fires).where(eq(fires.id, fireId)).for('update');
    if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
    if (fire.state !== 'open') return { ending: fire.state, written: false };
    const skipped = ending === 'ran' || ending === 'ranLate' ? outcome?.skipped : undefined;
    const final: Ending =
      skipped !== undefined ? 'skipped' : ending === 'ran' && fire.lateMs !== null ? 'ranLate' : ending;
    const why = reason ?? skipped;
    await inside.db
      .update(fires)
      .set({ state: final, endedAt, reason: why ?? null, outcome: outcome ?? null })
      .where(and(eq(fires.id, fireId), eq(fires.state, 'open')));
    await appendEvent(inside, {
      aggregate: 'fire',
      aggregateId: fireId,
      type: `fire.${final}`,
      personId: fire.personId,
      data: { trigger: fire.trigger, ...(outcome === undefined ? {} : { outcome: outcome.outcome }) },
    });
    return { ending: final, written: true };
  });
}
