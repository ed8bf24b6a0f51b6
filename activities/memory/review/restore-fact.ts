import { StewardError } from '../../../schemas/errors.ts';
import { type FactAct, type FactVersion, wordsOf } from '../../../schemas/memory.ts';
import { correctFact, noFact } from '../../../store/memory/write-fact.ts';
import type { Store } from '../../../store/store.ts';
import { hasWords } from '../working-set.ts';

/**
 * Has a fact say again what it said in one of its versions, the last one of a person's own when none is named. Whose word
 * it is stays as it was.
 *
 * @param versions - of the fact, oldest first
 * @throws notFound where it is forgotten, or never had that version
 */
export async function restoreFact(
  store: Store,
  act: FactAct,
  versions: readonly FactVersion[],
  version?: number,
): Promise<void> {
  const { factId } = versions[0]!;
  const said = versions.findLast((one) => (version === undefined ? one.origin !== 'system' : one.version === version));
  if (version !== undefined && said === undefined)
    throw new StewardError('notFound', `${factId} has no version ${version}: it has ${versions.length}`);
  if (said === undefined || !hasWords(said)) throw noFact(factId);
  const { localOnly, origin } = said;
  await correctFact(
    store,
    // What must not leave does not by being taken up again elsewhere.
    { ...act, origin: origin === 'system' ? act.origin : origin, localOnly: act.localOnly || localOnly },
    factId,
    wordsOf(said),
    'restored',
  );
}
