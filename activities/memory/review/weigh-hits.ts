import type { WeightSettings } from '../../../schemas/memory-review.ts';
import { readUsesOf } from '../../../store/memory/note-uses.ts';
import type { Store } from '../../../store/store.ts';
import { nightsBetween, weighFact } from './weigh-fact.ts';

/** How much of its weight a hit is moved by: what says more of the question comes first all the same. */
const pull = 0.2;

interface Hit {
  readonly factId: string;
  readonly since: Date;
  readonly pinned: boolean;
  readonly score: number;
}

/** Moves hits up that are often of use, and down where nobody has asked for them; what is pinned does not fade. Reads only. */
export async function weighHits<T extends Hit>(
  store: Store,
  hits: readonly T[],
  { zone, settings }: { readonly zone: string; readonly settings: WeightSettings },
): Promise<T[]> {
  const now = store.clock.now().getTime();
  const uses = await readUsesOf(
    store,
    hits.map(({ factId }) => factId),
  );
  const weighed = hits.map((hit) => {
    const used = (uses.get(hit.factId) ?? []).map(({ at }) => at);
    const weight = hit.pinned ? 1 : weighFact(used, nightsBetween(hit.since.getTime(), now, zone), settings);
    return { ...hit, score: hit.score * weight ** pull };
  });
  return weighed.sort((a, b) => b.score - a.score);
}
