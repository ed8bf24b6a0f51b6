import { StewardError } from '../../schemas/errors.ts';
import { noFact } from '../../store/memory/write-fact.ts';
import type { WorkingSet } from './working-set.ts';

/** The one fact that an id, or at least four last letters of one, names. @throws notFound, badInput */
export function idOf({ versions }: Pick<WorkingSet, 'versions'>, named: string): string {
  if (versions.has(named)) return named;
  const end = named.trim().toUpperCase();
  const like = end.length < 4 ? [] : [...versions.keys()].filter((id) => id.endsWith(end));
  if (like.length > 1) throw new StewardError('badInput', `${named} names ${like.length} facts: say more of the id`);
  const [only] = like;
  if (only === undefined) throw noFact(named);
  return only;
}
