import type { Logger } from 'pino';
import type { Files } from '../../schemas/file-set.ts';
import type { Store } from '../../store/store.ts';
import { checkMemory, tidyMemory } from './review/check-memory.ts';
import { runReview } from './review/run-review.ts';

interface MemoryActivityDeps {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly zone: () => string;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** What a nightly review changed, counted. */
export interface ReviewCounts {
  readonly review: string;
  readonly facts: number;
  readonly merged: number;
  readonly archived: number;
  readonly erased: number;
  readonly against: number;
  readonly promoted: number;
  readonly left: number;
}

/** The nightly review of memory. */
export function makeMemoryActivities({ store, files, zone, log }: MemoryActivityDeps) {
  return {
    /** Reviews a person's memory, once for a fire, all of it or nothing. May be repeated. @throws storeBusy */
    review: async ({ personId, fireId }: { personId: string; fireId: string }): Promise<ReviewCounts> => {
      const settings = () => files.current().instance.memory;
      const { id, found } = await runReview({ store, zone, settings }, { personId, fireId });
      const { facts, merged, archived, erased, against, promoted, left } = found;
      const counts = {
        ...{ review: id, facts, merged: merged.length, archived: archived.length, erased: erased.length },
        ...{ against: against.length, promoted: promoted.length, left },
      };
      log.info(counts, 'memory was reviewed');
      return counts;
    },

    /** Opens every version that there is. Reads only. @throws storeBusy */
    check: async ({ personId }: { personId: string }): Promise<{ versions: number; broken: number }> => {
      const { versions, broken } = await checkMemory(store, personId);
      if (broken.length > 0) log.error({ facts: broken }, 'facts cannot be read as they were written');
      return { versions, broken: broken.length };
    },

    /** Tidies up the tables of memory. May be repeated. @throws storeBusy */
    tidy: async (): Promise<void> => await tidyMemory(store),
  };
}
