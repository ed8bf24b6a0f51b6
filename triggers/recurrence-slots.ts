import { defaultStart, lastInstant, mostFruitless, patience, readStart } from '../schemas/check-rrule.ts';
import { parseRrule, type Recurrence } from '../schemas/parse-rrule.ts';
import { elapsedOf, isElapsed } from '../schemas/rrule-elapsed.ts';
import { wallsOf } from '../schemas/rrule-walls.ts';
import type { RecurrenceRule } from '../schemas/slot-rule.ts';
import { zoneOffset } from '../schemas/zone-offset.ts';
import { instantOf, lastInstantOf, widestOffsetMs } from './wall-time.ts';

const dayMs = 86_400_000;
/** Rules of which the last slot is known by count; more than any home has. */
const mostEnds = 1_000;
const ends = new Map<string, number>();

/**
 * Milliseconds of each slot of a recurrence rule in (from, to], in order. FREQ DAILY and slower is read on local
 * clocks, with the rule for skipped and repeated times; HOURLY and finer follows elapsed time.
 *
 * @throws SyntaxError for a rule that cannot be read, RangeError for an unknown zone
 * @source RFC 5545 3.3.10; docs/design/schedules.md
 */
export function* recurrenceSlots(rule: RecurrenceRule, from: number, to: number): Generator<number> {
  const parsed = parseRrule(rule.rrule);
  yield* slotsOf(rule, parsed, from, Math.min(to, endOf(rule, parsed)));
}

function* slotsOf(
  rule: RecurrenceRule,
  parsed: Recurrence,
  from: number,
  to: number,
  most = Number.POSITIVE_INFINITY,
): Generator<number> {
  const { timezone } = rule;
  const start = startOf(rule);
  let last = Math.max(from, (start?.instant ?? Number.NEGATIVE_INFINITY) - 1);
  const found = isElapsed(parsed)
    ? elapsedOf(parsed, {
        ...{ from: last + 1, to, offsetAt: offsetsOf(timezone), patience, most },
        ...(start === undefined ? {} : { start: start.instant }),
      })
    : wallsOf(parsed, start?.wall ?? defaultStart, from - widestOffsetMs - dayMs, to + widestOffsetMs + dayMs);
  for (const one of found) {
    const at = isElapsed(parsed) ? one : instantOf(timezone, one);
    if (at > to) return;
    // All times of one gap are one slot.
    if (at <= last) continue;
    last = at;
    yield at;
  }
}

/** DTSTART as the rule counts from it: what local clocks show, and the instant. @throws SyntaxError, RangeError as `recurrenceSlots` does */
export function startOf({ start, timezone }: RecurrenceRule): { wall: number; instant: number } | undefined {
  if (start === undefined) return undefined;
  const { wall, offset } = readStart(start);
  if (offset === undefined) return { wall, instant: instantOf(timezone, wall) };
  const instant = wall - offset;
  return { wall: instant + zoneOffset(timezone, instant), instant };
}

/** The last instant that UNTIL or COUNT allows. */
function endOf(rule: RecurrenceRule, parsed: Recurrence): number {
  const { until, count } = parsed;
  if (until !== undefined) {
    return until.offset === undefined ? lastInstantOf(rule.timezone, until.wall) : until.wall - until.offset;
  }
  if (count === undefined) return Number.POSITIVE_INFINITY;
  const key = JSON.stringify([rule.rrule, rule.start, rule.timezone]);
  const known = ends.get(key);
  if (known !== undefined) return known;
  let end = Number.NEGATIVE_INFINITY;
  let left = count;
  for (const at of slotsOf(rule, parsed, Number.NEGATIVE_INFINITY, lastInstant, mostFruitless.inZone)) {
    end = at;
    left -= 1;
    if (left === 0) break;
  }
  if (ends.size >= mostEnds) ends.clear();
  ends.set(key, end);
  return end;
}

/** The offset of an instant, by days on which it does not change; asking `Intl` for each second would be slow. */
function offsetsOf(zone: string): (at: number) => number {
  let day = Number.NaN;
  let after = 0;
  let steady: number | undefined;
  return (at) => {
    const here = Math.floor(at / dayMs);
    if (here !== day) {
      const before = here === day + 1 ? after : zoneOffset(zone, here * dayMs);
      after = zoneOffset(zone, (here + 1) * dayMs);
      day = here;
      steady = before === after ? before : undefined;
    }
    return steady ?? zoneOffset(zone, at);
  };
}
