import { sql } from 'drizzle-orm';
import { readVersions } from '../../../store/memory/read-facts.ts';
import type { Store } from '../../../store/store.ts';

/** What a look over all of memory came to. */
export interface MemoryHealth {
  readonly facts: number;
  readonly versions: number;
  /** Facts of which some version has no words although none was taken back, or whose versions have a gap. */
  readonly broken: readonly string[];
}

/** Opens every version of a person's facts, and looks whether any is missing, moved or changed. Reads only. */
export async function checkMemory(store: Store, personId: string): Promise<MemoryHealth> {
  const versions = await readVersions(store, personId, 0);
  const byFact = Map.groupBy(versions, ({ factId }) => factId);
  const broken = [...byFact].flatMap(([factId, all]) => {
    const isForgotten = all.some(({ change }) => change === 'forgotten');
    const isWhole = all.every(({ version, text }, at) => version === at + 1 && (isForgotten || text !== undefined));
    return isWhole ? [] : [factId];
  });
  return { facts: byFact.size, versions: versions.length, broken };
}

/** Lets Postgres tidy up the tables of memory, and learn anew how they are filled. */
export async function tidyMemory({ db }: Pick<Store, 'db'>): Promise<void> {
  for (const table of ['memory_facts', 'memory_versions', 'memory_uses', 'memory_reviews'])
    await db.execute(sql.raw(`vacuum (analyze) ${table}`));
}
