import { hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { type Clock, systemClock } from '../../schemas/clock.ts';
import { ensurePerson } from '../../store/ensure-person.ts';
import { keyRing } from '../../store/keys/key-ring.ts';
import type { RootKeys } from '../../store/keys/root-key.ts';
import { migrateDatabase, openDatabase } from '../../store/open-database.ts';
import type { Store } from '../../store/store.ts';
import { freePorts } from '../../workers/home/free-port.ts';
import { reachablePostgres } from '../../workers/home/postgres-binaries.ts';
import { startPostgres, postgresUrl as urlOf } from '../../workers/home/start-postgres.ts';
import { systemUser } from '../../workers/home/system-user.ts';
import { oncePerRun } from './run-folder.ts';

export interface TestStore extends AsyncDisposable {
  readonly store: Store;
  readonly url: string;
  /** The one person there is, `me`, in Europe/Berlin. */
  readonly personId: string;
}

interface Cluster {
  readonly port: number;
  readonly password: string;
}

const template = 'steward_template';

/** A fresh, empty, migrated database: its URL, and dropped at the end. Any number at once. */
export async function testDatabase(): Promise<{ readonly url: string } & AsyncDisposable> {
  const admin = urlOf(await cluster(), 'postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await cloneTemplate(admin, name);
  return {
    url: urlOf(await cluster(), name),
    [Symbol.asyncDispose]: () => asAdmin(admin, `drop database if exists ${name} with (force)`),
  };
}

/** A fresh database with keys in memory and one person, `me`. @param clock - the system's when left out */
export async function testStore(options: { clock?: Clock } = {}): Promise<TestStore> {
  const database = await testDatabase();
  const opened = openDatabase(database.url);
  const store: Store = { db: opened.db, keys: keyRing(testRootKeys()), clock: options.clock ?? systemClock };
  const person = await ensurePerson(store, 'me', 'Europe/Berlin');
  return {
    store,
    url: database.url,
    personId: person.id,
    [Symbol.asyncDispose]: async () => {
      await opened.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Root keys that live in memory only; the same `bytes` open what another ring of the same bytes sealed. */
export function testRootKeys(bytes: Buffer = randomBytes(32)): RootKeys {
  const active = { id: 'test', bytes };
  return {
    active,
    byId: () => active,
    derive: (purpose) => Buffer.from(hkdfSync('sha256', bytes, 'steward', purpose, 32)),
  };
}

let started: Promise<Cluster> | undefined;

function cluster(): Promise<Cluster> {
  started ??= oncePerRun('postgres', startCluster);
  return started;
}

async function startCluster(folder: string): Promise<Cluster> {
  const [port] = await freePorts(1);
  const password = randomBytes(12).toString('hex');
  const user = process.getuid?.() === 0 ? systemUser() : undefined;
  await startPostgres({
    native: reachablePostgres('/var/lib/steward'),
    directory: join(folder, 'postgres', 'cluster'),
    password,
    port: port as number,
    logFile: join(folder, 'postgres.log'),
    // A measurement of what is durable pays for it.
    disposable: process.env.STEWARD_TEST_DURABLE === undefined,
    ...(user === undefined ? {} : { user }),
  });
  const made = { port: port as number, password };
  await asAdmin(urlOf(made, 'postgres'), `create database ${template}`);
  const opened = openDatabase(urlOf(made, template));
  await migrateDatabase(opened);
  await opened.close();
  return made;
}

/** A template that another clone reads at this moment refuses; then it is tried again. */
async function cloneTemplate(admin: string, name: string): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      return await asAdmin(admin, `create database ${name} template ${template} strategy file_copy`);
    } catch (cause) {
      if ((cause as { code?: string }).code !== '55006' || left === 0) throw cause;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
