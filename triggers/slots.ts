import { type Cron, parseCron } from '../schemas/parse-cron.ts';
import { zoneOffset } from './zone-offset.ts';

export interface SlotRule {
  /** Cron with 5 or 6 fields, or a nickname. */
  readonly schedule: string;
  /** IANA name. */
  readonly timezone: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Local clocks are 12 hours behind UTC to 14 hours ahead of it, everywhere. */
const widestOffsetMs = 15 * hourMs;
/** The rarest date is a 29 February on one weekday: at most 40 years apart. */
const horizonMs = 45 * 366 * dayMs;

/**
 * The slots after `from`, up to and including `to`, oldest first: what "every slot of each schedule" means.
 *
 * A time that clocks skip happens once, right after the gap; a time that they repeat happens once, the first time.
 * With `*` in the hour field slots follow elapsed time instead: none in a gap, both of a repeated hour.
 *
 * @param limit - at most so many; the oldest
 * @throws SyntaxError for a schedule that cannot be read or never happens, RangeError for an unknown zone
 * @source docs/design/fires.md
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

/** The next `count` slots after `from`. @throws SyntaxError, RangeError as `slotsBetween` does */
export function nextSlots(rule: SlotRule, from: Date, count: number): Date[] {
  return slotsBetween(rule, from, new Date(Math.min(from.getTime() + horizonMs, 8.64e15)), count);
}

/** Milliseconds of each slot in (from, to], in order; stop taking when you have enough. */
export function* eachSlot(rule: SlotRule, from: number, to: number): Generator<number> {
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

/** The instants at which local clocks show `wall`, under the two offsets of that day. */
function instantsOf(zone: string, wall: number, before: number, after: number, all: boolean): number[] {
  const shown = [...new Set([wall - before, wall - after])]
    .filter((at) => at + zoneOffset(zone, at) === wall)
    .sort((a, b) => a - b);
  if (all) return shown;
  return [shown[0] ?? endOfGap(zone, wall, before, after)];
}

/** The instant at which clocks jumped over `wall`. */
function endOfGap(zone: string, wall: number, before: number, after: number): number {
  let low = wall - after;
  let high = wall - before;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (zoneOffset(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
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
