import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { StewardError } from '../../schemas/errors.ts';
import { inspectProcess } from './inspect-process.ts';
import type { Home } from './open-home.ts';
import { asDiskFull } from './write-file-whole.ts';

/** Who holds a home: pid and start time, so that a pid that is used again is not taken for the holder. */
export interface LockHolder {
  readonly pid: number;
  readonly startTicks: string;
  /** Changes with each boot of the machine. */
  readonly boot: string;
}

/** The live holder of a home's lock. A dead, zombie or replaced process holds nothing. */
export function lockHolder(home: Home): LockHolder | undefined {
  const text = readText(home.lock);
  return text === undefined ? undefined : livingHolder(text);
}

/**
 * Takes the lock of a home for this process. It needs no release to be taken over: one whose holder is dead is stale.
 *
 * @returns how to let it go
 * @throws homeLocked with the pid of the holder
 */
export function lockHome(home: Home): () => void {
  const mine = JSON.stringify(identify(process.pid));
  const draft = `${home.lock}.${process.pid}`;
  try {
    writeFileSync(draft, mine, { mode: 0o600 });
  } catch (cause) {
    throw asDiskFull(cause, draft);
  }
  try {
    while (!linked(draft, home.lock)) removeStale(home);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (readText(home.lock) === mine) rmSync(home.lock, { force: true });
  };
}

/** A link, not a rename: it fails where something is, and the content is there from the first moment. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

function removeStale(home: Home): void {
  const seen = readText(home.lock);
  if (seen === undefined) return;
  const holder = livingHolder(seen);
  if (holder !== undefined) {
    throw new StewardError('homeLocked', `Steward already runs in ${home.root}, as process ${holder.pid}`);
  }
  const aside = `${home.lock}.${process.pid}.stale`;
  try {
    renameSync(home.lock, aside);
  } catch {
    // Another start moved it first; look again.
    return;
  }
  // Between the look and the rename another start may have taken the lock: then give it back.
  if (readText(aside) !== seen) linked(aside, home.lock);
  rmSync(aside, { force: true });
}

function livingHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text) as LockHolder;
    const now = identify(holder.pid);
    return now !== undefined && now.startTicks === holder.startTicks && now.boot === holder.boot ? holder : undefined;
  } catch {
    return undefined;
  }
}

function identify(pid: number): LockHolder | undefined {
  const facts = inspectProcess(pid);
  if (facts === undefined) return undefined;
  return { pid, startTicks: facts.startTicks, boot: readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '' };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
