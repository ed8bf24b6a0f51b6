import type { WatchState } from '../../schemas/db/fires.ts';
import type { Finding } from '../judge-answer.ts';

/** How many findings, or how long, before a watch changes its mind. */
export type Settle =
  | {
      readonly kind: 'count';
      readonly n: number;
      readonly of: number;
      readonly recovers: number;
      readonly everyMs: number;
    }
  | { readonly kind: 'time'; readonly forMs: number; readonly everyMs: number };

/** Where a watch begins, or goes on where its file says the same as before. The count of changes never goes back. Pure. */
export function beginWatch(before: WatchState | undefined, hash: string, now: Date): WatchState {
  if (before?.hash === hash) return before;
  const at = now.toISOString();
  // Slot keys are for ever, so a watch that begins anew counts on.
  const counted = { changes: before?.changes ?? 0, recent: [] };
  return { hash, faulty: false, ...counted, since: at, lookedAt: at, detail: 'not looked at yet' };
}

/** Moves a watch by one finding. A change shows as a higher `changes`. Pure. */
export function stepWatch(before: WatchState, finding: Finding, settle: Settle, now: Date): WatchState {
  const { verdict, detail } = finding;
  const { overSince, ...rest } = before;
  const looked = { ...rest, detail, verdict, lookedAt: now.toISOString() };
  if (settle.kind === 'count') {
    if (verdict === 'unknown') return looked;
    const known = isGap(before, settle.everyMs, now) ? [] : before.recent;
    const recent = [...known, verdict === 'fault'].slice(-Math.max(settle.of, settle.recovers));
    return turns(before.faulty, recent, settle) ? flip(looked, now) : { ...looked, recent };
  }
  if (before.faulty) return verdict === 'well' ? flip(looked, now) : looked;
  if (verdict !== 'fault') return looked;
  const since = overSince === undefined || isGap(before, settle.everyMs, now) ? now : new Date(overSince);
  if (now.getTime() - since.getTime() >= settle.forMs) return flip(looked, now);
  return { ...looked, overSince: since.toISOString() };
}

function turns(faulty: boolean, recent: readonly boolean[], settle: Settle & { kind: 'count' }): boolean {
  if (!faulty) return recent.slice(-settle.of).filter(Boolean).length >= settle.n;
  return recent.length >= settle.recovers && !recent.slice(-settle.recovers).includes(true);
}

/** After a change the count begins anew: faults from before a recovery make no fault after it. */
function flip(looked: WatchState, now: Date): WatchState {
  return { ...looked, faulty: !looked.faulty, changes: looked.changes + 1, recent: [], since: now.toISOString() };
}

/** While nobody looked, or the clock jumped, nobody knows whether there was a break. */
function isGap({ lookedAt }: WatchState, everyMs: number, now: Date): boolean {
  const passed = now.getTime() - Date.parse(lookedAt);
  return passed < 0 || passed > 3 * everyMs + 60_000;
}
