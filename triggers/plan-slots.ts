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

/** The gates of a trigger, asked slot by slot. */
export interface SlotGates {
  /** Why a slot runs nothing, or undefined. */
  refuse(at: number): string | undefined;
  /** The slot that was asked last becomes a fire: it counts for those after it. */
  count(): void;
}
const noGates: SlotGates = { refuse: () => undefined, count: () => undefined };

/**
 * Decides for each slot that has passed: run it, or on record with its reason. Pure, but for what the gates count.
 *
 * A slot noticed within 60 s is on time and runs whatever `missed` says. Of later ones, `none` runs none, `latest` the
 * newest where no newer one is on time, `all` the newest `max`; nothing older than `within`. Then the gates (a pause,
 * cooldown, throttle, condition), then `overlap`, which looks at fires that are still open and at this batch; what
 * `all` catches up runs side by side. With `cancelPrevious` only the newest runs, so the newest is asked first.
 *
 * @param slots - milliseconds, oldest first
 */
export function planSlots(
  trigger: Pick<Trigger, 'missed' | 'overlap' | 'when'>,
  slots: readonly number[],
  now: number,
  open: OpenFires,
  gates: SlotGates = noGates,
): PlannedSlot[] {
  const caughtUp = caughtUpOf(trigger.missed, slots, now);
  const mayRun = (at: number) => isOnTime(at, now) || caughtUp.has(at);
  const missed = (at: number): PlannedSlot => ({ at, act: 'missed', reason: missedReason(trigger.missed, at, now) });
  const overlap = overlapOf(trigger);
  if (overlap === 'cancelPrevious') return planNewest(slots, mayRun, missed, gates);
  let { running, queued } = { running: undefined, ...open };
  const plan = (at: number): PlannedSlot => {
    if (!mayRun(at)) return missed(at);
    const reason = gates.refuse(at);
    if (reason !== undefined) return { at, act: 'skipped', reason };
    if (overlap === 'skip' && running !== undefined) {
      return { at, act: 'skipped', reason: `${running} was still open` };
    }
    const queues = typeof overlap === 'object';
    if (queues && (running !== undefined || queued > 0)) {
      if (queued >= overlap.max) return { at, act: 'skipped', reason: `the queue is full: ${queued} wait` };
      queued += 1;
      gates.count();
      return { at, act: 'queue' };
    }
    // Only what is on time blocks what comes after it: caught-up slots of one batch do not exclude each other.
    if (isOnTime(at, now) || queues) running ??= 'the fire of the slot before';
    gates.count();
    return { at, act: 'open' };
  };
  return slots.map(plan);
}

function planNewest(
  slots: readonly number[],
  mayRun: (at: number) => boolean,
  missed: (at: number) => PlannedSlot,
  gates: SlotGates,
): PlannedSlot[] {
  let found = false;
  const plan = (at: number): PlannedSlot => {
    if (!mayRun(at)) return missed(at);
    if (found) return { at, act: 'skipped', reason: 'overtaken by the next slot' };
    const reason = gates.refuse(at);
    if (reason !== undefined) return { at, act: 'skipped', reason };
    found = true;
    gates.count();
    return { at, act: 'open' };
  };
  return slots.toReversed().map(plan).toReversed();
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
