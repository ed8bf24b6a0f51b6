import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { StewardError } from '../../schemas/errors.ts';

/**
 * Writes a small file so that a reader sees the old or the new text, never a part, also after a power cut.
 *
 * @throws diskFull when no space is left; the old text stays
 */
export function writeFileWhole(path: string, text: string, mode = 0o600): void {
  const unfinished = `${path}.${process.pid}.new`;
  try {
    const file = openSync(unfinished, 'w', mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    throw asDiskFull(cause, path);
  }
}

/** Turns "no space left" into our own failure; gives anything else back as it is. */
export function asDiskFull(cause: unknown, path: string): unknown {
  if (!['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '')) return cause;
  return new StewardError('diskFull', `Cannot write ${path}: no space is left on the disk`, { cause });
}
