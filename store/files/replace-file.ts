import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';

/** A text that is safe on disk beside the file that it is to replace. */
interface PreparedFile {
  /** At once and whole; a reader sees the old text or the new one. */
  replace(): void;
  /** Takes away what was not used. May be repeated. */
  discard(): void;
}

/**
 * Writes a text beside a file, under a name that the loader passes over. Of a link its target is replaced; mode and
 * owner stay as they are. A new file is for its owner alone.
 *
 * @throws diskFull
 */
export async function prepareFile(path: string, text: string): Promise<PreparedFile> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const before = statSync(path, { throwIfNoEntry: false });
  const target = before === undefined ? path : realpathSync(path);
  const unfinished = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}.new`);
  const discard = () => rmSync(unfinished, { force: true });
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
      // Only root may give a file away; where the owner cannot be kept, it is the writer's.
      if (before !== undefined) await file.chown(before.uid, before.gid).catch(() => undefined);
      await file.chmod((before?.mode ?? 0o600) & 0o777);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    discard();
    const full = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
    throw full ? new StewardError('diskFull', `There is no space left for ${basename(path)}`, { cause }) : cause;
  }
  return {
    replace: () => {
      renameSync(unfinished, target);
      const folder = openSync(dirname(target), 'r');
      fsyncSync(folder);
      closeSync(folder);
    },
    discard,
  };
}

const unfinishedName = /^\..+\.ya?ml\.[0-9a-f]{12}\.new$/i;
/** Another process may be writing one now. */
const unfinishedMs = 60_000;

/**
 * Takes away what a process that was killed while it wrote has left in a folder, as far as that can be done. May be
 * repeated.
 */
export function removeUnfinished(folder: string, now: Date): void {
  try {
    for (const name of readdirSync(folder)) {
      if (unfinishedName.test(name)) removeOld(join(folder, name), now);
    }
  } catch {
    // No folder, or one that may not be changed: what is left there is passed over by the loader.
  }
}

function removeOld(path: string, now: Date): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && now.getTime() - stat.mtimeMs > unfinishedMs) rmSync(path, { force: true });
}
