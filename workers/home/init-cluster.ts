import { execFile } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { StewardError } from '../../schemas/errors.ts';

const run = promisify(execFile);

export interface ClusterPlace {
  /** Folder with `bin/initdb`. */
  readonly native: string;
  /** The data directory. Its parent belongs to the same user. */
  readonly directory: string;
  readonly password: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Leaves out the fsync of each file: for clusters that a test throws away. */
  readonly disposable?: boolean;
}

/**
 * Makes a cluster with the database `steward` where there is none. Made beside its place and then moved there, so that
 * an interrupted start leaves no half of one. May be repeated.
 *
 * @throws diskFull, childFailed
 */
export async function initCluster(place: ClusterPlace): Promise<void> {
  if (existsSync(join(place.directory, 'PG_VERSION'))) return;
  const parent = dirname(place.directory);
  const unfinished = `${place.directory}.new`;
  const passwordFile = join(parent, '.initdb-password');
  const options = { ...(place.user ?? {}), cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' } };
  try {
    mkdirSync(parent, { recursive: true, mode: 0o700 });
    if (place.user !== undefined) chownSync(parent, place.user.uid, place.user.gid);
    rmSync(unfinished, { recursive: true, force: true });
    writeFileSync(passwordFile, place.password, { mode: 0o600 });
    if (place.user !== undefined) chownSync(passwordFile, place.user.uid, place.user.gid);
    const initdb = run(
      join(place.native, 'bin', 'initdb'),
      [...initArguments(unfinished, passwordFile), ...(place.disposable === true ? ['--no-sync'] : [])],
      options,
    );
    await initdb;
    // One user without a listener: the supervisor needs no Postgres client for this.
    const single = run(join(place.native, 'bin', 'postgres'), ['--single', '-D', unfinished, 'postgres'], options);
    single.child.stdin?.end('create database steward\n');
    await single;
    renameSync(unfinished, place.directory);
  } catch (cause) {
    throw explain(cause, place.directory);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function initArguments(directory: string, passwordFile: string): string[] {
  return [
    ...['-D', directory, '-U', 'steward', '--auth', 'scram-sha-256', '--pwfile', passwordFile],
    ...['--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
    '--no-instructions',
  ];
}

function explain(cause: unknown, directory: string): StewardError {
  const said = `${(cause as { stderr?: string }).stderr ?? ''}${(cause as Error).message}`;
  if (said.includes('No space left on device') || (cause as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new StewardError('diskFull', `Cannot make the database in ${directory}: no space is left on the disk`, {
      cause,
    });
  }
  return new StewardError('childFailed', `Cannot make the database in ${directory}: ${said.trim().split('\n')[0]}`, {
    cause,
  });
}
