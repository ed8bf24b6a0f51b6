import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { WatchState } from '../../schemas/db/fires.ts';
import { globPattern } from '../../schemas/glob-pattern.ts';
import type { Trigger } from '../../schemas/trigger-file.ts';
import { readWatch } from '../../store/triggers/watch-state.ts';
import { isInForce } from '../../triggers/gate.ts';
import {
  beginFileWatch,
  type FileWatch,
  type FileWatchDeps,
  standAs,
  tellChanges,
  watchHash,
} from './file-watch-state.ts';
import { findChanges, type Settling, settle } from './find-changes.ts';
import { lookAtPath, type PathView } from './look-at-path.ts';

/** A watch of the system can go deaf, so the path is looked at this often all the same. */
const lookMs = 2_000;
/** After a hint; several are one. */
const hintMs = 100;
/** A large folder takes a tenth of the time at most. */
const pauseFor = (busyMs: number) => busyMs * 9;

/** The path of a file trigger on this machine. */
export function pathOf(path: string, home: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return resolve(home, path);
}

/**
 * Watches the path of one trigger: a hint of the system or a timer makes it look; what differs from what was last known,
 * and has come to rest, is a fire each.
 *
 * @returns ends the watch, after the look that is under way
 */
export function watchPath(deps: FileWatchDeps, trigger: Trigger): () => Promise<void> {
  const look = makeLook(deps, trigger);
  let [stopped, dueAt, busyMs] = [false, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const plan = (waitMs: number) => {
    const at = performance.now() + waitMs;
    if (stopped || (timer !== undefined && dueAt <= at)) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(run, waitMs);
  };
  const hints = hear(look.path, () => plan(Math.max(hintMs, pauseFor(busyMs))));
  const lookOnce = async () => {
    if (stopped) return;
    const began = performance.now();
    let waitMs = lookMs;
    try {
      await hints.renew();
      waitMs = await look.now();
    } catch (error) {
      deps.log.warn({ trigger: trigger.name, err: error }, 'a path could not be looked at yet; it is tried again');
    }
    busyMs = performance.now() - began;
    plan(Math.max(waitMs, pauseFor(busyMs)));
  };
  const run = () => {
    timer = undefined;
    running = running.then(lookOnce);
  };
  run();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
    hints.close();
  };
}

/** One look after the other at the path of a trigger. @returns milliseconds until the next is worth it */
function makeLook(deps: FileWatchDeps, trigger: Trigger): { readonly path: string; now(): Promise<number> } {
  if (!('file' in trigger.when)) throw new TypeError(`${trigger.name} watches no file`);
  const rule = trigger.when.file;
  const path = pathOf(rule.path, deps.home);
  const watch: FileWatch = { ...deps, trigger, path, on: rule.on, hash: watchHash(deps.store, trigger) };
  const counts = rule.match === undefined ? () => true : globPattern(rule.match);
  let state: WatchState | undefined;
  let settling: Settling = new Map();

  const now = async (): Promise<number> => {
    if (!isInForce(trigger, deps.store.clock.now())) return lookMs;
    const view = await lookAtPath(path, counts);
    const known = state ?? (await readWatch(deps.store, trigger.name));
    // Where this look fails, the next one begins with what is stored.
    state = undefined;
    const wrong = faultOf(view, known);
    if (view.kind === 'fault' || wrong !== undefined) {
      state = await standAs(watch, wrong);
      return lookMs;
    }
    const entries = new Map(view.entries.map((entry) => [deps.store.keys.fingerprint('path', entry.bytes), entry]));
    if (known?.hash !== watch.hash || known.seen === undefined) {
      settling = new Map();
      state = await beginFileWatch(watch, view.kind, entries);
      return lookMs;
    }
    const found = settle(findChanges(known.seen, entries), settling, rule.settle, performance.now());
    settling = found.settling;
    if (found.ready.length > 0) state = await tellChanges(watch, found.ready, view.kind);
    else state = known.faulty ? await standAs(watch, undefined) : known;
    return Math.min(lookMs, found.nextMs ?? lookMs);
  };
  return { path, now };
}

/** What stands in the way of knowing: a folder that is gone is not a folder whose files are gone. */
function faultOf(view: PathView, known: WatchState | undefined): string | undefined {
  if (view.kind === 'fault') return view.detail;
  return view.kind === 'nothing' && known?.root === 'folder' ? 'the folder is not there' : undefined;
}

/** Hints of the system that something at a path may have changed; none where the system has none to give. */
function hear(path: string, changed: () => void): { renew(): Promise<void>; close(): void } {
  let heard: { readonly inode: number; readonly watcher: FSWatcher } | undefined;
  const close = () => {
    heard?.watcher.close();
    heard = undefined;
  };
  return {
    close,
    renew: async () => {
      const own = await stat(path).catch(() => undefined);
      const folder = own?.isDirectory() === true ? path : dirname(path);
      const inode = folder === path ? own?.ino : (await stat(folder).catch(() => undefined))?.ino;
      if (heard?.inode === inode) return;
      close();
      if (inode === undefined) return;
      try {
        const watcher = watchFolder(folder, { persistent: false }, (_event, name) => {
          if (folder === path || name === null || name === basename(path)) changed();
        });
        heard = { inode, watcher: watcher.on('error', () => undefined) };
      } catch {
        // Past the limits of the system: the timer stands in.
      }
    },
  };
}
