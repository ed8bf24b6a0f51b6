import type { Trigger } from '../schemas/trigger-file.ts';
import { spanOf } from './describe-fire.ts';

export { isInForce } from '../schemas/is-in-force.ts';

/** What a trigger has done of late, as the ledger knows it. */
export interface GateFacts {
  readonly now: number;
  readonly pausedBy?: string;
  readonly skipNext: number;
  /** When its last fire that was not skipped or missed was accepted. */
  readonly lastAt?: number;
  /** How many such fires there were within `throttle.per`. */
  readonly recent: number;
}

/** Why an event does not become a run, or undefined where it may. The first reason counts. Pure. */
export function gate(trigger: Pick<Trigger, 'cooldown' | 'throttle'>, facts: GateFacts): string | undefined {
  if (facts.pausedBy !== undefined) return `paused by ${facts.pausedBy}`;
  if (facts.skipNext > 0) return 'skipped because a person asked';
  const { cooldown, throttle } = trigger;
  if (cooldown !== undefined && facts.lastAt !== undefined && facts.now - facts.lastAt < cooldown) {
    return `cooldown ${spanOf(cooldown)}: the last fire was ${spanOf(Math.max(0, facts.now - facts.lastAt))} ago`;
  }
  if (throttle !== undefined && facts.recent >= throttle.max) {
    return `throttle: ${facts.recent} fires within ${spanOf(throttle.per)}, at most ${throttle.max}`;
  }
  return undefined;
}
