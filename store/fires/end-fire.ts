import { and, eq } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { Ending } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { FireEnding } from '../../schemas/flow-io.ts';
import { appendEvent } from '../append-event.ts';
import { closeLeftIncident } from '../incidents/keep-incident.ts';
import { inTransaction, type Store } from '../store.ts';
import type { FireRow } from './open-fire.ts';

/**
 * Writes the one ending of a fire. May be repeated: the first ending stays, a second changes nothing and says so.
 *
 * A run that says `skipped` of itself ends so; a run that began late ends as `ranLate`.
 *
 * @param follows - whether somebody must be told of this ending: the row then says so until they have been
 * @returns the ending in force, whether this call wrote it, and the fire as it is now
 * @throws notFound where no such fire exists
 */
export async function endFire(
  store: Store,
  { fireId, ending, reason, outcome }: FireEnding,
  follows: (fire: FireRow, ending: Ending) => boolean = () => false,
): Promise<{ readonly ending: Ending; readonly written: boolean; readonly fire: FireRow }> {
  // When the flow ended, not when the row could be written: Postgres may be away in between.
  const endedAt = store.clock.now();
  return await inTransaction(store, async (inside) => {
    const [fire] = await inside.db.select().from(fires).where(eq(fires.id, fireId)).for('update');
    if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
    if (fire.state !== 'open') return { ending: fire.state, written: false, fire };
    const skipped = ending === 'ran' || ending === 'ranLate' ? outcome?.skipped : undefined;
    const final: Ending =
      skipped !== undefined ? 'skipped' : ending === 'ran' && fire.lateMs !== null ? 'ranLate' : ending;
    // An open row has a reason where another fire overtook it: that is who cancelled it.
    const why = (final === 'cancelled' ? fire.reason : null) ?? reason ?? skipped;
    const ended = { state: final, endedAt, reason: why ?? null, outcome: outcome ?? null };
    const followed = !follows({ ...fire, ...ended }, final);
    await inside.db
      .update(fires)
      .set({ ...ended, followed })
      .where(and(eq(fires.id, fireId), eq(fires.state, 'open')));
    await appendEvent(inside, {
      aggregate: 'fire',
      aggregateId: fireId,
      type: `fire.${final}`,
      personId: fire.personId,
      data: { trigger: fire.trigger, ...(outcome === undefined ? {} : { outcome: outcome.outcome }) },
    });
    await closeLeftIncident(inside, fireId, final);
    return { ending: final, written: true, fire: { ...fire, ...ended, followed } };
  });
}
