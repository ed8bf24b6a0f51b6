import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import type { ClusterPlace } from './init-cluster.ts';
import type { Home } from './open-home.ts';
import { bundledPostgres, reachablePostgres } from './postgres-binaries.ts';
import { systemUser } from './system-user.ts';
import { writeFileWhole } from './write-file-whole.ts';

interface Remembered {
  readonly directory: string;
  /** True once the cluster has served: from then on an empty place is a loss, not a beginning. */
  readonly made: boolean;
}

/** Where Postgres lives when Steward is root: `data` is closed to the user that must run it. */
const systemBase = '/var/lib/steward';

/**
 * Says where the cluster of a home is, and with which binaries, password and user it runs. The place is remembered in
 * the home, so that moving the home does not lose it.
 *
 * @throws databaseMissing when it was there once and is gone
 */
export function placeCluster(home: Home): ClusterPlace {
  const file = join(home.data, 'cluster.json');
  const root = process.getuid?.() === 0;
  let known = readRemembered(file);
  if (known === undefined) {
    const own = root ? join(systemBase, randomBytes(6).toString('hex')) : join(home.data, 'postgres');
    known = { directory: join(own, 'cluster'), made: false };
    remember(file, known);
  }
  // A home that moved took its cluster along, when that was inside.
  if (!root && !existsSync(known.directory)) known = { ...known, directory: join(home.data, 'postgres', 'cluster') };
  if (known.made && !existsSync(join(known.directory, 'PG_VERSION'))) {
    throw new StewardError('databaseMissing', `The database of ${home.root} is not in ${known.directory} any more`);
  }
  if (root) openBase();
  return {
    native: root ? reachablePostgres(systemBase) : bundledPostgres().native,
    directory: known.directory,
    password: readPassword(join(home.data, 'postgres-password')),
    ...(root ? { user: systemUser() } : {}),
  };
}

/** The way to the cluster is open to its user; each folder below is for that user only. */
function openBase(): void {
  mkdirSync(systemBase, { recursive: true, mode: 0o755 });
  chmodSync(systemBase, 0o755);
}

/** Remembers that the cluster holds something from now on. */
export function clusterServed(home: Home, place: ClusterPlace): void {
  const file = join(home.data, 'cluster.json');
  if (readRemembered(file)?.made !== true) remember(file, { directory: place.directory, made: true });
}

function remember(file: string, value: Remembered): void {
  writeFileWhole(file, `${JSON.stringify(value)}\n`);
}

function readRemembered(file: string): Remembered | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Remembered;
  } catch {
    return undefined;
  }
}

function readPassword(file: string): string {
  if (!existsSync(file)) writeFileWhole(file, randomBytes(24).toString('base64url'));
  return readFileSync(file, 'utf8').trim();
}
