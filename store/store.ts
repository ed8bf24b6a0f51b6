import type { Clock } from '../schemas/clock.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Database, Queryable } from './open-database.ts';

/** What every ledger function works on: the record, the keys that open it, and the time. */
export interface Store {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** The same inside a transaction. */
export interface StoreIn {
  readonly db: Queryable;
  readonly keys: KeyRing;
  readonly clock: Clock;
}

/** Runs `work` in one transaction: all of it or nothing. */
export function inTransaction<T>(store: Store, work: (inside: StoreIn) => Promise<T>): Promise<T> {
  return store.db.transaction((tx) => work({ ...store, db: tx }));
}
