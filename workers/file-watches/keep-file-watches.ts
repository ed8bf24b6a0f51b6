import type { FileSet } from '../../schemas/file-set.ts';
import { readWatches } from '../../store/triggers/watch-state.ts';
import { type FileWatchDeps, forgetSeen, watchHash } from './file-watch-state.ts';
import { watchPath } from './watch-path.ts';

export interface FileWatches {
  /** Brings the watches in line with the files in force: only what changed is touched, and one that cannot begin is logged. May be repeated. @throws storeBusy */
  follow(files: Pick<FileSet, 'triggers'>): Promise<void>;
  /** Ends all watches, after the looks that are under way. */
  stop(): Promise<void>;
}

/** Watches the paths of all triggers of kind `file`, in the process that serves them. @source docs/design/watches.md */
export function keepFileWatches(deps: FileWatchDeps): FileWatches {
  const running = new Map<string, { readonly mark: string; readonly end: () => Promise<void> }>();
  return {
    follow: async ({ triggers }) => {
      const wanted = new Map(
        [...triggers.values()]
          .filter(({ enabled, when }) => enabled && 'file' in when)
          .map((trigger) => [trigger.name, { trigger, mark: `${watchHash(deps.store, trigger)} ${trigger.until}` }]),
      );
      for (const [name, { mark, end }] of running) {
        if (wanted.get(name)?.mark === mark) continue;
        running.delete(name);
        await end();
      }
      for (const [name, { hasSeen }] of await readWatches(deps.store)) {
        if (hasSeen && !wanted.has(name)) await forgetSeen(deps, name);
      }
      for (const [name, { trigger, mark }] of wanted) {
        if (running.has(name)) continue;
        try {
          running.set(name, { mark, end: watchPath(deps, trigger) });
        } catch (error) {
          // One watch must not take the others along, nor the start.
          deps.log.warn({ trigger: name, err: error }, 'a path cannot be watched');
        }
      }
    },
    stop: async () => {
      const ending = [...running.values()].map(({ end }) => end());
      running.clear();
      await Promise.all(ending);
    },
  };
}
