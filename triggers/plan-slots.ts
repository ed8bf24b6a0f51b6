import type { Trigger } from '../schemas/trigger-file.ts';
import { lateAfterMs } from '../store/fires/open-fire.ts';
import { spanOf } from './describe-fire.ts';

/** What becomes of one slot. */
export interface PlannedSlot {
  readonly at: number;
  readonly act: 'open' | 'missed' | 'skipped';
  /** Why it is not opened; a sentence for the ledger. */
  readonly reason?: string;
}

/**
 * Decides for each slot that has passed: run it, or on record with its reason. Pure.
 *
 * A slot noticed within 60 s is on time and runs whatever `missed` says. Of later ones, `none` runs none, `latest` the
 * newest where no newer one is on time, `all` the newest `max`; nothing older than `within`. `overlap` then looks at
 * fires that are still open and at this batch; what `all` catches up runs side by side.
 *
 * @param slots - milliseconds, oldest first
 * @param openFire - id of a fire of this trigger that has no ending yet
 */
export function planSlots(
  trigger: Pick<Trigger, 'missed' | 'overlap'>,
  slots: readonly number[],
  now: number,
  openFire: string | undefined,
): PlannedSlot[] {
  const caughtUp = caughtUpOf(trigger.missed, slots, now);
  const toRun = slots.filter((at) => isOnTime(at, now) || caughtUp.has(at));
  const newest = toRun.at(-1);
  let running = openFire;
  return slots.map((at): PlannedSlot => {
    const onTime = isOnTime(at, now);
    if (!onTime && !caughtUp.has(at)) return { at, act: 'missed', reason: missedReason(trigger.missed, at, now) };
    if (trigger.overlap === 'cancelPrevious' && at !== newest) {
      return { at, act: 'skipped', reason: 'overtaken by the next slot' };
    }
    if (trigger.overlap === 'skip' && running !== undefined) {
      return { at, act: 'skipped', reason: `${running} was still open` };
    }
    // Only what is on time blocks what comes after it: caught-up slots of one batch do not exclude each other.
    if (onTime) running ??= 'the fire of the slot before';
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
