import type { FactAct } from '../../../schemas/memory.ts';
import { markUndone } from '../../../store/memory/apply-review.ts';
import type { Store } from '../../../store/store.ts';
import { liesAside, type WorkingSet } from '../working-set.ts';
import { restoreFact } from './restore-fact.ts';

/**
 * Takes up again what a review put aside, where nobody changed it since; the next one leaves it alone. What it erased is
 * gone. May be repeated.
 *
 * @returns ids of the facts
 * @throws notFound
 */
export async function undoReview(
  store: Store,
  { versions }: Pick<WorkingSet, 'versions'>,
  act: FactAct,
  reviewId: string,
): Promise<string[]> {
  const { found } = await markUndone(store, act.personId, reviewId);
  const back: string[] = [];
  for (const { factId } of [...found.merged, ...found.archived]) {
    const all = versions.get(factId) ?? [];
    if (!liesAside(all.at(-1) ?? { change: 'stated' })) continue;
    await restoreFact(store, { ...act, actId: `${act.actId}:${factId}` }, all);
    back.push(factId);
  }
  return back;
}
