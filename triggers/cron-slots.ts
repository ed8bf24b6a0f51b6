import { type Cron, parseCron } from '../schemas/parse-cron.ts';
import type { CronRule } from '../schemas/slot-rule.ts';
import { zoneOffset } from '../schemas/zone-offset.ts';
import { instantsOf, widestOffsetMs } from './wall-time.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Milliseconds of each slot of a cron expression in (from, to], in order.
 *
 * A time that clocks skip happens once, right after the gap; a time that they repeat happens once, the first time.
 * With `*` in the hour field slots follow elapsed time instead: none in a gap, both of a repeated hour.
 *
 * @throws SyntaxError for a schedule that cannot be read or never happens, RangeError for an unknown zone
 */
export function* cronSlots(rule: CronRule, from: number, to: number): Generator<number> {
  const cron = parseCron(rule.schedule);
  let last = from;
  // Slots of a day on which clocks change, held back until no later day can have an earlier one.
  let held: number[] = [];
  const firstDay = Math.floor((from - widestOffsetMs) / dayMs) * dayMs;
  for (let day = firstDay; day - widestOffsetMs <= to; day = nextDay(cron, day)) {
    const matches = dayMatches(cron, day);
    if (!matches && held.length === 0) continue;
    const before = zoneOffset(rule.timezone, day - widestOffsetMs);
    const after = zoneOffset(rule.timezone, day + dayMs + widestOffsetMs);
    const earliest = day - Math.max(before, after);
    while (held[0] !== undefined && held[0] < earliest) {
      const at = held.shift()!;
      if (at > to) return;
      if (at > last) yield at;
      last = Math.max(last, at);
    }
    if (!matches) continue;
    if (before === after && held.length === 0) {
      for (const at of timesOf(cron, day - before, last)) {
        if (at > to) return;
        if (at > last) yield at;
        last = Math.max(last, at);
      }
    } else {
      const added = [...timesOf(cron, day, Number.NEGATIVE_INFINITY)].flatMap((wall) =>
        instantsOf(rule.timezone, wall, before, after, cron.everyHour),
      );
      held = [...new Set([...held, ...added])].sort((a, b) => a - b);
    }
  }
  for (const at of held) {
    if (at > to) return;
    if (at > last) yield at;
    last = Math.max(last, at);
  }
}

/** Every hour, minute and second of one day, in order; whole hours and minutes up to `after` are passed over. */
function* timesOf(cron: Cron, midnight: number, after: number): Generator<number> {
  for (const hour of cron.hours) {
    const atHour = midnight + hour * hourMs;
    if (atHour + hourMs <= after) continue;
    for (const minute of cron.minutes) {
      const atMinute = atHour + minute * 60_000;
      if (atMinute + 60_000 <= after) continue;
      for (const second of cron.seconds) yield atMinute + second * 1000;
    }
  }
}

function dayMatches(cron: Cron, day: number): boolean {
  const date = new Date(day);
  if (!cron.months.includes(date.getUTCMonth() + 1)) return false;
  const byMonth = cron.daysOfMonth.includes(date.getUTCDate());
  const byWeek = cron.daysOfWeek.includes(date.getUTCDay());
  return cron.eitherDay ? byMonth || byWeek : byMonth && byWeek;
}

/** Whole months that cannot match are passed over at once. */
function nextDay(cron: Cron, day: number): number {
  const next = new Date(day + dayMs);
  const month = next.getUTCMonth();
  if (cron.months.includes(month + 1)) return next.getTime();
  return Date.UTC(next.getUTCFullYear(), month + 1, 1);
}
