import { basename } from 'node:path';
import type { Logger } from 'pino';
import { beginWatch } from '../../activities/watches/step-watch.ts';
import type { WatchState } from '../../schemas/db/fires.ts';
import type { Dispatch } from '../../schemas/dispatch.ts';
import { slotKeys } from '../../schemas/ids.ts';
import type { Trigger } from '../../schemas/trigger-file.ts';
import { lockTrigger } from '../../store/fires/lock-trigger.ts';
import { inTransaction, type Store } from '../../store/store.ts';
import { keepWatch, readWatch } from '../../store/triggers/watch-state.ts';
import type { FileChange } from './find-changes.ts';
import type { FoundEntry, PathView } from './look-at-path.ts';

export interface FileWatchDeps {
  readonly store: Store;
  readonly dispatch: Pick<Dispatch, 'fireEvent'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly personId: string;
  /** `$STEWARD_HOME`: where relative paths start. */
  readonly home: string;
}

/** One watch: its trigger, and what its file says. */
export interface FileWatch extends FileWatchDeps {
  readonly trigger: Trigger;
  readonly path: string;
  readonly on: readonly FileChange['change'][];
  /** Of what the file says of the watch; another one begins anew. */
  readonly hash: string;
}

/** Changes whose fires are made before the state moves: a crash tells so many again, as deliveries. */
const batch = 100;
const firesAtOnce = 8;

/** What says whether a watch is the same as before. */
export const watchHash = (store: Pick<Store, 'keys'>, { when }: Pick<Trigger, 'when'>): string =>
  store.keys.fingerprint('watch', JSON.stringify(when));

/** Moves the state under the trigger's lock, from what is stored: another process may watch the same. */
function move(
  { store, trigger, personId }: Pick<FileWatch, 'store' | 'personId'> & { readonly trigger: Pick<Trigger, 'name'> },
  next: (before: WatchState | undefined, now: Date) => WatchState,
): Promise<WatchState> {
  return inTransaction(store, async (inside) => {
    await lockTrigger(inside, trigger.name);
    const before = await readWatch(inside, trigger.name);
    const after = next(before, inside.clock.now());
    if (after !== before) await keepWatch(inside, { trigger: trigger.name, personId }, after);
    return after;
  });
}

/** What is there when a watch begins is known: it says nothing about the past. */
export async function beginFileWatch(
  watch: FileWatch,
  kind: PathView['kind'],
  entries: ReadonlyMap<string, FoundEntry>,
): Promise<WatchState> {
  return await move(watch, (before, now) => {
    if (before?.hash === watch.hash && before.seen !== undefined) return before;
    const seen = Object.fromEntries([...entries].map(([id, entry]) => [id, stampToKeep(watch, entry)]));
    // A hash that fits none, so that it begins anew and counts its changes on.
    const begun = beginWatch(before === undefined ? undefined : { ...before, hash: '' }, watch.hash, now);
    return withRoot({ ...begun, seen, verdict: 'well', detail: filesIn(seen) }, kind);
  });
}

/** Says once what is wrong with the path, or that it is well again; what was known stays known. */
export async function standAs(watch: FileWatch, wrong: string | undefined): Promise<WatchState> {
  const faulty = wrong !== undefined;
  return await move(watch, (before, now) => {
    if (before !== undefined && before.faulty === faulty && (!faulty || before.detail === wrong)) return before;
    const facts = { trigger: watch.trigger.name, ...(faulty ? { detail: wrong } : {}) };
    watch.log[faulty ? 'warn' : 'info'](facts, faulty ? 'a path cannot be watched' : 'a path can be watched again');
    const base = before ?? beginWatch(undefined, '', now);
    const at = now.toISOString();
    const detail = wrong ?? filesIn(base.seen);
    return { ...base, faulty, verdict: faulty ? 'fault' : 'well', detail, since: at, lookedAt: at };
  });
}

/** Forgets what was seen: a watch that is off owes nothing when it is on again. */
export async function forgetSeen(deps: Pick<FileWatchDeps, 'store' | 'personId'>, trigger: string): Promise<void> {
  await move({ ...deps, trigger: { name: trigger } }, (before, now) => {
    const { seen: _seen, root: _root, ...rest } = before ?? beginWatch(undefined, '', now);
    return { ...rest, hash: '', faulty: false, verdict: 'unknown', detail: 'off' };
  });
}

/**
 * Makes the fires of all changes that the file asks for. First the fires, whose keys are path, stamp and change, then
 * the state: a crash between the two tells the same event again, which is a delivery and no second fire.
 */
export async function tellChanges(
  watch: FileWatch,
  ready: readonly FileChange[],
  kind: PathView['kind'],
): Promise<WatchState | undefined> {
  let state: WatchState | undefined;
  const sorted = ready.toSorted((a, b) => ((a.entry?.path ?? '') < (b.entry?.path ?? '') ? -1 : 1));
  for (let at = 0; at < sorted.length; at += batch) {
    const some = sorted.slice(at, at + batch);
    const wanted = some.filter(({ change }) => watch.on.includes(change));
    for (let of = 0; of < wanted.length; of += firesAtOnce) {
      await Promise.all(wanted.slice(of, of + firesAtOnce).map((one) => fire(watch, one)));
    }
    state = await move(watch, (before, now) => {
      if (before?.hash !== watch.hash) return before ?? beginWatch(undefined, '', now);
      const seen = { ...before.seen };
      for (const { id, entry } of some) {
        if (entry === undefined) delete seen[id];
        else seen[id] = stampToKeep(watch, entry);
      }
      const { overSince: _over, ...rest } = before;
      const changes = before.changes + wanted.length;
      const counted = { changes, faulty: false, verdict: 'well', lookedAt: now.toISOString() } as const;
      return withRoot({ ...rest, ...counted, seen, detail: filesIn(seen) }, kind);
    });
  }
  return state;
}

async function fire(watch: FileWatch, { change, stamp, entry }: FileChange): Promise<void> {
  const { dispatch, store, trigger } = watch;
  const { path, name } = entry ?? whatWas(watch, stamp);
  const [sizeBytes = '', mtimeNs = '', inode = '', ctimeNs = ''] = stamp.split(':');
  const parts = [entry?.bytes ?? path, sizeBytes, mtimeNs, inode, ctimeNs, change];
  // A name may come from outside: it travels sealed, in the arguments.
  const event = {
    ...{ path, name, change, sizeBytes: Number(sizeBytes) },
    modifiedAt: new Date(Number(BigInt(mtimeNs) / 1_000_000n)).toISOString(),
  };
  await dispatch.fireEvent({
    ...{ trigger: trigger.name, kind: 'file', source: 'file', event, args: { event } },
    slotKey: slotKeys.file(store.keys.fingerprint('file', parts.join('\u001f'))),
  });
}

const pathPlace = (trigger: string) => ({ table: 'trigger_states', row: trigger, column: 'watch' });

/** The path goes along, sealed, where the file asks what vanished: nobody could say it otherwise. */
function stampToKeep({ store, trigger, on }: FileWatch, { stamp, path }: FoundEntry): string {
  if (!on.includes('vanishes')) return stamp;
  return `${stamp}:${store.keys.sealSystem(pathPlace(trigger.name), path).toString('base64')}`;
}

function whatWas({ store, trigger, path }: FileWatch, stamp: string): { path: string; name: string } {
  const sealed = stamp.split(':')[4];
  const was =
    sealed === undefined ? path : store.keys.openSystem(pathPlace(trigger.name), Buffer.from(sealed, 'base64'));
  return { path: was, name: basename(was) };
}

function withRoot(state: WatchState, kind: PathView['kind']): WatchState {
  return kind === 'file' || kind === 'folder' ? { ...state, root: kind } : state;
}

function filesIn(seen: WatchState['seen']): string {
  const count = Object.keys(seen ?? {}).length;
  return count === 1 ? '1 file' : `${count} files`;
}
