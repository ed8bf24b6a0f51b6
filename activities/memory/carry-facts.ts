import { wordsOf } from '../../schemas/memory.ts';
import type { ExportedFact, ImportedFacts } from '../../schemas/memory-export.ts';
import { importFact } from '../../store/memory/import-fact.ts';
import type { Store } from '../../store/store.ts';
import { hasWords, type WorkingSet } from './working-set.ts';

/** All facts that can be read, with all their versions, oldest first; none of what is forgotten. Pure. */
export function exportFacts({ versions }: Pick<WorkingSet, 'versions'>): ExportedFact[] {
  return [...versions].flatMap(([id, all]) => {
    if (!all.every(hasWords)) return [];
    return [
      {
        id,
        versions: all.map(({ names, scopes, joins, into, ...version }) => ({
          ...{
            ...wordsOf({ ...version, names, scopes, joins }),
            names: [...names],
            scopes: [...scopes],
            joins: [...joins],
          },
          ...(into === undefined ? {} : { into }),
          ...{ change: version.change as Exclude<typeof version.change, 'forgotten'>, origin: version.origin },
          ...{ channel: version.source.channel, localOnly: version.localOnly },
          recordedAt: version.recordedAt.toISOString(),
        })),
      },
    ];
  });
}

/** Takes facts in that were carried from elsewhere. May be repeated. @throws storeBusy */
export async function importFacts(
  store: Store,
  personId: string,
  facts: readonly ExportedFact[],
): Promise<ImportedFacts> {
  const counts = { added: 0, known: 0, forgotten: 0 };
  for (const fact of facts) counts[await importFact(store, personId, fact)] += 1;
  return counts;
}
