import { lastInstant } from '../schemas/check-rrule.ts';
import { parseDateTime, parseInstant } from '../schemas/parse-instant.ts';
import type { AtRule, EveryRule, SlotRule } from '../schemas/slot-rule.ts';
import { cronSlots } from './cron-slots.ts';
import { recurrenceSlots } from './recurrence-slots.ts';
import { instantOf } from './wall-time.ts';

/** The rarest date of cron is a 29 February on one weekday: at most 40 years apart. */
const cronHorizonMs = 45 * 366 * 86_400_000;

/**
 * The slots after `from`, up to and including `to`, oldest first: what "every slot of each schedule" means. None after
 * the rule's `until`.
 *
 * @param limit - at most so many; the oldest
 * @throws SyntaxError for a rule that cannot be read or never happens, RangeError for an unknown zone
 * @source docs/design/schedules.md
 */
export function slotsBetween(rule: SlotRule, from: Date, to: Date, limit: number): Date[] {
  const found: Date[] = [];
  if (limit <= 0) return found;
  for (const at of eachSlot(rule, from.getTime(), to.getTime())) {
    found.push(new Date(at));
    if (found.length >= limit) break;
  }
  return found;
}

/** The next `count` slots after `from`; fewer where the rule ends. @throws SyntaxError, RangeError as `slotsBetween` does */
export function nextSlots(rule: SlotRule, from: Date, count: number): Date[] {
  const horizon = rule.form === 'cron' ? from.getTime() + cronHorizonMs : lastInstant;
  return slotsBetween(rule, from, new Date(Math.min(horizon, lastInstant)), count);
}

/** Milliseconds of each slot in (from, to], in order; stop taking when you have enough. */
export function* eachSlot(rule: SlotRule, from: number, to: number): Generator<number> {
  const end = Math.min(to, rule.until === undefined ? Number.POSITIVE_INFINITY : parseInstant(rule.until));
  if (end <= from) return;
  switch (rule.form) {
    case 'cron':
      return yield* cronSlots(rule, from, end);
    case 'every':
      return yield* everySlots(rule, from, end);
    case 'at':
      return yield* atSlots(rule, from, end);
    case 'rrule':
      return yield* recurrenceSlots(rule, from, end);
  }
}

/** Elapsed time, whatever clocks do. */
function* everySlots({ everyMs, start }: EveryRule, from: number, to: number): Generator<number> {
  const first = start === undefined ? undefined : parseInstant(start);
  const next = (first ?? 0) + (Math.floor((from - (first ?? 0)) / everyMs) + 1) * everyMs;
  for (let at = Math.max(next, first ?? next); at <= to; at += everyMs) yield at;
}

function* atSlots(rule: AtRule, from: number, to: number): Generator<number> {
  const at = atInstant(rule);
  if (at > from && at <= to) yield at;
}

/** The one slot of a rule of form `at`. @throws SyntaxError, RangeError for an unknown zone */
export function atInstant({ at, timezone }: Pick<AtRule, 'at' | 'timezone'>): number {
  const { wall, offset } = parseDateTime(at);
  return offset === undefined ? instantOf(timezone, wall) : wall - offset;
}
