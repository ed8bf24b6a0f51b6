import { copyFileSync, existsSync, statSync, truncateSync } from 'node:fs';

/**
 * Keeps a log file from growing without end: beyond the limit it is copied to `<path>.1` and emptied. Emptied, not
 * renamed, because its writer holds it open.
 *
 * @param maxBytes - size from which it is turned over
 */
export function rotateLog(path: string, maxBytes = 5 * 1_048_576): void {
  try {
    if (!existsSync(path) || statSync(path).size <= maxBytes) return;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  } catch {
    // A full disk must not end the one who watches over the children.
  }
}
