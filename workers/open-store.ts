import type { Logger } from 'pino';
import type { Clock } from '../schemas/clock.ts';
import { StewardError } from '../schemas/errors.ts';
import { admitPeople } from '../store/ensure-person.ts';
import { keyRing } from '../store/keys/key-ring.ts';
import type { RootKeys } from '../store/keys/root-key.ts';
import { migrateDatabase, type OpenDatabase, openDatabase } from '../store/open-database.ts';
import type { Store } from '../store/store.ts';

/**
 * Opens the record: waits for Postgres, migrates, opens everyone's keys.
 *
 * @param waitMs - how long Postgres may take to answer
 * @throws storeBusy, homeNewer, keyMissing
 */
export async function openStore(options: {
  databaseUrl: string;
  roots: RootKeys;
  clock: Clock;
  log: Logger;
  waitMs: number;
}): Promise<{ store: Store; database: OpenDatabase }> {
  const { log, clock } = options;
  const database = openDatabase(options.databaseUrl, {
    onError: (error) => log.warn({ reason: error.message }, 'a connection to Postgres was lost'),
  });
  const until = Date.now() + options.waitMs;
  for (;;) {
    try {
      await migrateDatabase(database);
      const store: Store = { db: database.db, keys: keyRing(options.roots), clock };
      await admitPeople(store);
      return { store, database };
    } catch (cause) {
      if (cause instanceof StewardError || Date.now() > until) {
        await database.close();
        throw cause instanceof StewardError
          ? cause
          : new StewardError('storeBusy', 'Postgres does not answer', { cause });
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
