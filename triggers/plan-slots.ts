import type { Trigger } from '../schemas/trigger-file.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { lateAfterMs } from '../store/fires/open-fire.ts';
import { spanOf } from './describe-fire.ts';

/** What becomes of one slot. */
export interface PlannedSlot {
  readonly at: number;
  /** `queue`: a fire that waits behind the run under way. */
  readonly act: 'open' | 'queue' | 'missed' | 'skipped';
  /** Why it is not opened; a sentence for the ledger. */
  readonly reason?: string;
}

/** Fires of the trigger that have no ending yet. */
export interface OpenFires {
  /** Id of one that is under way or about to be. */
  readonly running?: string;
  readonly queued: number;
}

/**
 * Decides for each slot that has passed: run it, or on record with its reason. Pure, but for what `refuse` counts.
 *
 * A slot noticed within 60 s is on time and runs whatever `missed` says. Of later ones, `none` runs none, `latest` the
 * newest where no newer one is on time, `all` the newest `max`; nothing older than `within`. Then `refuse` (a pause,
 * cooldown, throttle, condition), then `overlap`, which looks at fires that are still open and at this batch; what
 * `all` catches up runs side by side.
 *
 * @param slots - milliseconds, oldest first
 * @param refuse - asked once for each slot that may run, oldest first: why it runs nothing, or undefined
 */
export function planSlots(
  trigger: Pick<Trigger, 'missed' | 'overlap' | 'when'>,
  slots: readonly number[],
  now: number,
  open: OpenFires,
  refuse: (at: number) => string | undefined = () => undefined,
): PlannedSlot[] {
  const overlap = overlapOf(trigger);
  const caughtUp = caughtUpOf(trigger.missed, slots, now);
  const refused = new Map(
    slots.filter((at) => isOnTime(at, now) || caughtUp.has(at)).map((at) => [at, refuse(at)] as const),
  );
  const newest = [...refused].findLast(([, reason]) => reason === undefined)?.[0];
  let running = open.running;
  let queued = open.queued;
  return slots.map((at): PlannedSlot => {
    const onTime = isOnTime(at, now);
    if (!refused.has(at)) return { at, act: 'missed', reason: missedReason(trigger.missed, at, now) };
    const reason = refused.get(at);
    if (reason !== undefined) return { at, act: 'skipped', reason };
    if (overlap === 'cancelPrevious' && at !== newest) {
      return { at, act: 'skipped', reason: 'overtaken by the next slot' };
    }
    if (overlap === 'skip' && running !== undefined) {
      return { at, act: 'skipped', reason: `${running} was still open` };
    }
    if (typeof overlap === 'object' && (running !== undefined || queued > 0)) {
      if (queued >= overlap.max) return { at, act: 'skipped', reason: `the queue is full: ${queued} wait` };
      queued += 1;
      return { at, act: 'queue' };
    }
    // Only what is on time blocks what comes after it: caught-up slots of one batch do not exclude each other.
    if (onTime || typeof overlap === 'object') running ??= 'the fire of the slot before';
    return { at, act: 'open' };
  });
}

function isOnTime(at: number, now: number): boolean {
  return now - at <= lateAfterMs;
}

function caughtUpOf(missed: Trigger['missed'], slots: readonly number[], now: number): Set<number> {
  if (missed === undefined || missed.policy === 'none') return new Set();
  const late = slots.filter((at) => !isOnTime(at, now) && now - at <= missed.within);
  if (missed.policy === 'all') return new Set(late.slice(-missed.max));
  const newest = slots.at(-1);
  return new Set(late.filter((at) => at === newest));
}

function missedReason(missed: Trigger['missed'], at: number, now: number): string {
  const noticed = `noticed ${spanOf(now - at)} late`;
  if (missed === undefined || missed.policy === 'none') return `${noticed}; policy none`;
  if (now - at > missed.within) return `${noticed}; policy ${missed.policy} within ${spanOf(missed.within)}`;
  if (missed.policy === 'latest') return `${noticed}; policy latest, a newer slot stands for it`;
  return `${noticed}; policy all, at most ${missed.max}`;
}
