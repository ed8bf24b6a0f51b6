import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { stampOf } from './read-folder.ts';

/** A save comes as several events; after this long without one it is read. */
const settleMs = 100;
/** Many saves in a row are read at least this often. */
const longestSettleMs = 250;
/** A watch can go deaf (network file systems, links to elsewhere): the stamps are looked at this often all the same. */
const lookMs = 300;
/** What references point at has no stamp here; it is read this often. */
const rereadMs = 10_000;

/**
 * Calls back soon after any file of a home may have changed, and from time to time all the same.
 *
 * @returns ends the watch
 */
export function watchHome(home: string, changed: () => void): () => void {
  const watchers = new Map<string, { inode: number; watcher: FSWatcher }>();
  let settle: NodeJS.Timeout | undefined;
  let waitingSince: number | undefined;
  let stamp = stampOrNothing(home);

  const soon = () => {
    const now = performance.now();
    waitingSince ??= now;
    clearTimeout(settle);
    settle = setTimeout(
      () => {
        waitingSince = undefined;
        stamp = stampOrNothing(home);
        changed();
      },
      Math.max(0, Math.min(settleMs, waitingSince + longestSettleMs - now)),
    );
  };
  // A folder that was made or replaced later is another inode.
  const watchFolders = () => {
    for (const name of ['.', 'triggers', 'channels', 'workflows']) {
      const path = join(home, name);
      const inode = statSync(path, { throwIfNoEntry: false })?.ino;
      const known = watchers.get(name);
      if (known?.inode === inode) continue;
      known?.watcher.close();
      watchers.delete(name);
      if (inode === undefined) continue;
      try {
        const watcher = watch(path, { persistent: false }, soon).on('error', () => undefined);
        watchers.set(name, { inode, watcher });
      } catch {
        // No watch is to be had, such as past the system's limit: the stamps stand in.
      }
    }
  };
  const look = () => {
    watchFolders();
    if (waitingSince === undefined && stampOrNothing(home) !== stamp) soon();
  };
  watchFolders();
  const looking = setInterval(look, lookMs);
  const rereading = setInterval(changed, rereadMs);
  return () => {
    clearInterval(looking);
    clearInterval(rereading);
    clearTimeout(settle);
    for (const { watcher } of watchers.values()) watcher.close();
  };
}

function stampOrNothing(home: string): string {
  try {
    return stampOf(home);
  } catch {
    return '';
  }
}
