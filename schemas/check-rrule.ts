import { type DateTime, parseDateTime } from './parse-instant.ts';
import { parseRrule, type Recurrence } from './parse-rrule.ts';
import { elapsedOf, isElapsed } from './rrule-elapsed.ts';
import { wallsOf } from './rrule-walls.ts';

/** Periods without a slot after which a rule of hours, minutes or seconds counts as one that never happens. */
export const patience = 20_000;
/**
 * Periods without a slot that COUNT may reach over in all, by clocks that never change. Those of a zone may make it
 * more: `inZone` is what stops the search there.
 */
export const mostFruitless = { checked: 50_000, inZone: 100_000 } as const;
/**
 * What stands in for DTSTART: midnight on Monday, 1 January 1900. A rule of weeks without a weekday is one of Mondays,
 * one of months happens on the 1st, one of years on 1 January.
 */
export const defaultStart = Date.UTC(1900, 0, 1);
/** The last millisecond of year 9999. */
export const lastInstant = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** DTSTART as local clocks show it. @throws SyntaxError */
export function readStart(text: string): DateTime {
  const start = parseDateTime(text);
  if (start.wall % 1_000 !== 0) throw new SyntaxError(`"${text}" has a fraction of a second, expected whole seconds`);
  return start;
}

/**
 * Refuses a rule that cannot be read, that never happens, that needs a DTSTART and has none, or whose COUNT reaches over
 * too many periods without a slot.
 *
 * @param start - an instant or a local time
 * @throws SyntaxError that says what was found and what was expected
 */
export function checkRrule(text: string, start?: string): void {
  const rule = parseRrule(text);
  if (start === undefined) {
    const counted = rule.count !== undefined ? `COUNT=${rule.count}` : `INTERVAL=${rule.interval}`;
    if (rule.count !== undefined || rule.interval > 1) {
      throw new SyntaxError(
        `${counted} counts from a first time, expected \`rrule:\` with \`start:\`, such as start: 2026-01-01T08:00:00`,
      );
    }
  }
  const begin = start === undefined ? undefined : readStart(start);
  if (happens(rule, begin)) {
    if (begin !== undefined && reachesTooFar(rule, begin)) {
      throw new SyntaxError(
        `COUNT=${rule.count} reaches over more than ${mostFruitless.checked} periods without a time, expected a smaller COUNT, or UNTIL`,
      );
    }
    return;
  }
  const ends = rule.until === undefined ? '' : ' before it ends';
  throw new SyntaxError(`"${text}" never happens${ends}: no time has all that it asks for`);
}

function happens(rule: Recurrence, start: DateTime | undefined): boolean {
  // Local times and instants differ by less than a day: only a rule that lies further beside its end is refused.
  const to = Math.min(lastInstant, (rule.until === undefined ? lastInstant : instant(rule.until)) + 86_400_000);
  const from = start === undefined ? defaultStart : instant(start);
  if (!isElapsed(rule)) {
    const anchor = start?.wall ?? defaultStart;
    // The calendar repeats after 400 years; with an interval it does so later.
    const horizon = rule.interval === 1 ? Math.min(to, anchor + 400 * 366 * 86_400_000) : to;
    return !wallsOf(rule, anchor, anchor, horizon).next().done;
  }
  const range = { from, to, offsetAt: () => 0, patience, ...(start === undefined ? {} : { start: from }) };
  return !elapsedOf(rule, range).next().done;
}

function reachesTooFar(rule: Recurrence, begin: DateTime): boolean {
  if (rule.count === undefined || !isElapsed(rule)) return false;
  const start = instant(begin);
  const slots = elapsedOf(rule, {
    ...{ start, from: start, to: lastInstant, offsetAt: () => 0 },
    ...{ patience, most: mostFruitless.checked },
  });
  for (let left = rule.count; left > 0; left -= 1) {
    const { done, value } = slots.next();
    if (done) return value === 'cut';
  }
  return false;
}

const instant = ({ wall, offset = 0 }: DateTime) => wall - offset;
