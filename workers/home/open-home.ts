import { chmodSync, mkdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import { asDiskFull, writeFileWhole } from './write-file-whole.ts';

/** Raised when an older Steward could not use what this one writes. */
export const homeVersion = 1;

const neededMiB = 64;

/** Where things lie in one home. All paths absolute. */
export interface Home {
  readonly root: string;
  readonly data: string;
  readonly logs: string;
  readonly rootKey: string;
  readonly apiToken: string;
  readonly ports: string;
  readonly state: string;
  readonly lock: string;
  readonly temporalDb: string;
}

/** The places of a home. Pure: looks at nothing. */
export function homePlaces(root: string): Home {
  const data = join(root, 'data');
  return {
    root,
    data,
    logs: join(data, 'logs'),
    rootKey: join(data, 'root-key'),
    apiToken: join(data, 'api-token'),
    ports: join(data, 'ports.json'),
    state: join(data, 'state.json'),
    lock: join(data, 'lock'),
    temporalDb: join(data, 'temporal.db'),
  };
}

/**
 * Makes the folders of a home where they are missing, and checks that this Steward may use it. `data` is for its owner
 * only. May be repeated.
 *
 * @throws homeNewer, diskFull, badInput when the home belongs to another user or is no folder
 */
export function openHome(root: string): Home {
  const home = homePlaces(root);
  refuseNewer(home);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    for (const name of ['triggers', 'channels', 'workflows']) mkdirSync(join(root, name), { recursive: true });
    mkdirSync(home.logs, { recursive: true, mode: 0o700 });
    refuseForeign(home);
    chmodSync(home.data, 0o700);
    refuseFull(home);
    if (readVersion(home) === undefined) writeStamp(home);
  } catch (cause) {
    if (cause instanceof StewardError) throw cause;
    const full = asDiskFull(cause, root);
    if (full !== cause) throw full;
    throw new StewardError('badInput', `Cannot use ${root} as a home: ${(cause as Error).message}`, { cause });
  }
  return home;
}

/** @throws homeNewer */
export function refuseNewer(home: Home): void {
  const version = readVersion(home);
  if (version !== undefined && version > homeVersion) {
    throw new StewardError(
      'homeNewer',
      `The home ${home.root} has version ${version}, this Steward reads up to ${homeVersion}`,
    );
  }
}

function readVersion(home: Home): number | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(home.data, 'home.json'), 'utf8')) as { version?: unknown };
    return typeof version === 'number' ? version : undefined;
  } catch {
    return undefined;
  }
}

function writeStamp(home: Home): void {
  writeFileWhole(join(home.data, 'home.json'), `${JSON.stringify({ version: homeVersion })}\n`);
}

function refuseForeign(home: Home): void {
  const owner = statSync(home.data).uid;
  const me = process.getuid?.() ?? owner;
  if (owner !== me) {
    throw new StewardError('badInput', `The home ${home.root} belongs to user ${owner}, and this is user ${me}`);
  }
}

function refuseFull(home: Home): void {
  const { bavail, bsize } = statfsSync(home.data);
  const freeMiB = Math.floor((bavail * bsize) / 1_048_576);
  if (freeMiB < neededMiB) {
    throw new StewardError('diskFull', `Cannot start in ${home.root}: ${freeMiB} MiB are free, expected ${neededMiB}`);
  }
}
