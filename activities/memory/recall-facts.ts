import type { RecallAsk, RecalledFact } from '../../schemas/memory.ts';
import type { WeightSettings } from '../../schemas/memory-review.ts';
import { noteUses } from '../../store/memory/note-uses.ts';
import type { Store } from '../../store/store.ts';
import { rankMemories } from './recall/rank-memories.ts';
import { weighHits } from './review/weigh-hits.ts';
import { believed, indexOf, mayBeShown, type WorkingSet } from './working-set.ts';

/** Hits that are weighed for each that is wanted, and how many of those that are given count as used. */
const lookedAt = 3;
const mostUseful = 3;

interface RecallDeps {
  readonly store: Store;
  readonly zone: string;
  readonly settings: WeightSettings;
}

/** Finds facts by a question, those that are often of use a little before others; all of them, newest first, without one. */
export async function recallFacts(deps: RecallDeps, set: WorkingSet, ask: RecallAsk): Promise<RecalledFact[]> {
  const { personId, question, asOf, limit } = ask;
  if (question === undefined || asOf !== undefined) return recallFrom(set, ask).map(withoutScore);
  const hits = recallFrom(set, { ...ask, limit: limit * lookedAt });
  const found = (await weighHits(deps.store, hits, deps)).slice(0, limit);
  const used = found.slice(0, mostUseful).map(({ factId }) => factId);
  await noteUses(deps.store, personId, 'recalled', question, used);
  return found.map(withoutScore);
}

const withoutScore = ({ score: _, ...fact }: ScoredFact): RecalledFact => fact;

type ScoredFact = RecalledFact & { readonly score: number };

function recallFrom(set: WorkingSet, { question, limit, asOf, leaves, scopes, on }: RecallAsk): ScoredFact[] {
  const all = asOf === undefined ? set.facts : believed(set.versions, asOf);
  const shown = [...all.values()].filter((fact) => mayBeShown(fact, { leaves, scopes, on }));
  if (question === undefined)
    return shown
      .reverse()
      .slice(0, limit)
      .map((fact) => ({ ...fact, why: [], score: 0 }));
  // The index is of all that is believed now; of another time, or of a part, one is made.
  const index = shown.length === set.facts.size && asOf === undefined ? set.index : indexOf(shown);
  return rankMemories(index, question, limit).map(({ id, why, score }) => ({ ...all.get(id)!, why, score }));
}
