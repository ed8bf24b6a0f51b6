import type { FoundEntry } from './look-at-path.ts';

export interface FileChange {
  readonly id: string;
  readonly change: 'appears' | 'changes' | 'vanishes';
  /** As it is now; of what vanished, as it was. */
  readonly stamp: string;
  /** Undefined of what vanished. */
  readonly entry?: FoundEntry;
}

/** Since when each difference has been as it is, by path hash; milliseconds of a clock that never jumps. */
export type Settling = ReadonlyMap<string, { readonly as: string; readonly since: number }>;

/** Size, time and inode. The rest only tells two appearances of the same file apart. */
const core = (stamp: string) => stamp.split(':', 3).join(':');

/** Where what is there and what was last known differ. Pure. */
export function findChanges(
  seen: Readonly<Record<string, string>>,
  entries: ReadonlyMap<string, FoundEntry>,
): FileChange[] {
  const there = [...entries].flatMap(([id, entry]): FileChange[] => {
    const known = seen[id];
    if (known === undefined) return [{ id, change: 'appears', stamp: entry.stamp, entry }];
    return core(known) === core(entry.stamp) ? [] : [{ id, change: 'changes', stamp: entry.stamp, entry }];
  });
  const gone = Object.keys(seen).filter((id) => !entries.has(id));
  return [...there, ...gone.map((id): FileChange => ({ id, change: 'vanishes', stamp: seen[id]! }))];
}

/** Which differences have been the same for so long, and when the next one may be. Pure. */
export function settle(
  changes: readonly FileChange[],
  before: Settling,
  settleMs: number,
  nowMs: number,
): { readonly ready: readonly FileChange[]; readonly settling: Settling; readonly nextMs?: number } {
  const settling = new Map<string, { as: string; since: number }>();
  const ready: FileChange[] = [];
  let nextMs: number | undefined;
  for (const change of changes) {
    const as = change.change === 'vanishes' ? '' : core(change.stamp);
    const known = before.get(change.id);
    const since = known?.as === as ? known.since : nowMs;
    settling.set(change.id, { as, since });
    const left = since + settleMs - nowMs;
    if (left <= 0) ready.push(change);
    else nextMs = Math.min(nextMs ?? left, left);
  }
  return { ready, settling, ...(nextMs === undefined ? {} : { nextMs }) };
}
