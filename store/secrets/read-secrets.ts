import { secrets } from '../../schemas/db/records.ts';
import type { Store } from '../store.ts';

/** All stored secrets by name, opened. For the loader of files; never logged, never returned by the API. */
export async function readSecrets(store: Store): Promise<ReadonlyMap<string, string>> {
  const rows = await store.db.select().from(secrets);
  return new Map(
    rows.map((row) => {
      const place = { table: 'secrets', row: row.name, column: 'value', person: row.personId, version: row.version };
      return [row.name, store.keys.unit(row.personId, row.wrappedKey).open(place, row.value).toString()] as const;
    }),
  );
}
