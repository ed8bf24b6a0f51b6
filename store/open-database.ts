import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { StewardError } from '../schemas/errors.ts';

export type Database = NodePgDatabase;
/** A database or a transaction of one: what every ledger function takes. */
export type Queryable = Database | Parameters<Parameters<Database['transaction']>[0]>[0];

export interface OpenDatabase {
  readonly db: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** Opens a small pool; connections are made when first used. @param max - connections at most. */
export function openDatabase(
  url: string,
  options: { max?: number; onError?: (error: Error) => void } = {},
): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 4,
    connectionTimeoutMillis: 10_000,
    // A killed Postgres leaves half-open sockets; without this a query on one waits for ever.
    keepAlive: true,
    query_timeout: 60_000,
  });
  // An idle client that loses its server emits 'error'; unhandled, it would end the process.
  pool.on('error', (error) => options.onError?.(error));
  // So does one that is in use, between two queries of a transaction; the next query there says what happened.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return { db: drizzle(pool), pool, close: () => pool.end() };
}

const migrationsFolder = new URL('./migrations', import.meta.url).pathname;

/**
 * Brings the schema up to this version. May be repeated; two at once wait for each other.
 *
 * @throws homeNewer when the database has migrations that this version does not know
 */
export async function migrateDatabase({ db, pool }: OpenDatabase): Promise<void> {
  const client = await pool.connect();
  try {
    // Any constant: it only has to be the same in every Steward.
    await client.query('select pg_advisory_lock(7283910)');
    await refuseNewer(client);
    await migrate(db, { migrationsFolder });
  } finally {
    await client.query('select pg_advisory_unlock(7283910)').catch(() => undefined);
    client.release();
  }
}

async function refuseNewer(client: pg.PoolClient): Promise<void> {
  const { readFileSync } = await import('node:fs');
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8')) as {
    entries: { when: number }[];
  };
  const known = Math.max(...journal.entries.map((entry) => entry.when));
  const { rows } = await client.query<{ found: string | null }>(
    "select to_regclass('drizzle.__drizzle_migrations')::text as found",
  );
  if (rows[0]?.found == null) return;
  const newest = await client.query<{ at: string }>('select max(created_at) as at from drizzle.__drizzle_migrations');
  if (Number(newest.rows[0]?.at ?? 0) > known) {
    throw new StewardError('homeNewer', 'The database was written by a newer Steward than this one');
  }
}
