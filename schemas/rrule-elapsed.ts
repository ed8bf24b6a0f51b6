import type { Recurrence } from './parse-rrule.ts';
import { matchesDay } from './rrule-days.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Milliseconds of the periods that follow elapsed time. */
export const elapsedUnits = { HOURLY: hourMs, MINUTELY: 60_000, SECONDLY: 1_000 } as const;

/** Whether the periods of a rule are hours, minutes or seconds, which follow elapsed time. */
export function isElapsed({ freq }: Recurrence): boolean {
  return freq in elapsedUnits;
}

export interface ElapsedRange {
  /** Instant of DTSTART: nothing before it, and INTERVAL counts from it. Without one, whole hours and minutes. */
  readonly start?: number;
  readonly from: number;
  readonly to: number;
  /** How far local clocks are ahead of UTC at an instant, in milliseconds. */
  readonly offsetAt: (at: number) => number;
  /** So many periods without a slot end the search. */
  readonly patience: number;
  /** So many in all, also with slots between them, do so too. */
  readonly most?: number;
}

/**
 * The instants in [from, to] of a rule of FREQ HOURLY, MINUTELY or SECONDLY, in order. Periods are elapsed time since
 * DTSTART; the BY parts look at the local clock of each. COUNT and UNTIL are left to the caller.
 *
 * @returns in the end, whether `most` cut it short
 */
export function* elapsedOf(given: Recurrence, range: ElapsedRange): Generator<number, 'cut' | undefined> {
  const { start, to, offsetAt, most = Number.POSITIVE_INFINITY } = range;
  const rule = byMinutes(given, start);
  const unit = elapsedUnits[rule.freq as keyof typeof elapsedUnits];
  const step = unit * rule.interval;
  const begin = Math.max(start ?? Number.NEGATIVE_INFINITY, range.from);
  const grid = (at: number) => {
    const base = start ?? 0;
    const steps = Math.ceil((at - base) / step);
    return base + (start === undefined ? steps : Math.max(0, steps)) * step;
  };
  let [waited, fruitless] = [0, 0];
  for (let at = grid(begin - unit); at <= to + unit; ) {
    const offset = offsetAt(at);
    const skipped = skipOf(rule, at + offset);
    waited += 1;
    if (waited > range.patience) return undefined;
    if (fruitless + waited > most) return 'cut';
    if (skipped > 0) {
      const later = at + skipped;
      // Clocks that jump ahead on the way show a later time there than was aimed at.
      const ahead = Math.max(0, offsetAt(later) - offset);
      at = Math.max(grid(later - ahead), at + step);
      continue;
    }
    for (const slot of expand(rule, at, range)) {
      if (slot > to) return undefined;
      if (slot < begin) continue;
      fruitless += Math.max(0, waited - 1);
      waited = 0;
      yield slot;
    }
    at += step;
  }
  return undefined;
}

/**
 * Every hour at named minutes is every minute that is one of them. Said so, an hour that half-hour changes cut short
 * keeps its minutes although no whole hour since DTSTART lies within it.
 */
function byMinutes(rule: Recurrence, start: number | undefined): Recurrence {
  const minutes = rule.minutes ?? (start === undefined ? [0] : undefined);
  if (rule.freq !== 'HOURLY' || rule.interval > 1 || rule.positions !== undefined || minutes === undefined) return rule;
  return { ...rule, freq: 'MINUTELY', minutes };
}

/** How long to the next local time that may match, or 0 where this one does. */
function skipOf(rule: Recurrence, local: number): number {
  const { freq, hours, minutes, seconds } = rule;
  const day = Math.floor(local / dayMs);
  const into = local - day * dayMs;
  if (!matchesDay(rule, day)) return dayMs - into;
  if (hours !== undefined) {
    const hour = Math.floor(into / hourMs);
    if (!hours.includes(hour)) return (hours.find((one) => one > hour) ?? 24) * hourMs - into;
  }
  if (freq !== 'HOURLY' && minutes !== undefined) {
    const past = into % hourMs;
    const minute = Math.floor(past / 60_000);
    if (!minutes.includes(minute)) return (minutes.find((one) => one > minute) ?? 60) * 60_000 - past;
  }
  if (freq === 'SECONDLY' && seconds !== undefined) {
    const past = into % 60_000;
    const second = Math.floor(past / 1_000);
    if (!seconds.includes(second)) return (seconds.find((one) => one > second) ?? 60) * 1_000 - past;
  }
  return 0;
}

/** The slots of the period that holds `at`, by what the clocks show: one of HOURLY may have several minutes. */
function expand(rule: Recurrence, at: number, { start, offsetAt }: ElapsedRange): number[] {
  if (rule.freq === 'SECONDLY') return rule.positions === undefined ? [at] : pick([at], rule.positions);
  const local = at + offsetAt(at);
  const whole = start === undefined ? [0] : undefined;
  const seconds = rule.seconds ?? whole ?? [Math.floor(local / 1_000) % 60];
  const minutes = rule.freq === 'HOURLY' ? (rule.minutes ?? whole ?? [Math.floor(local / 60_000) % 60]) : [0];
  const unit = elapsedUnits[rule.freq as 'HOURLY' | 'MINUTELY'];
  const shown = Math.floor(local / unit) * unit;
  const found: number[] = [];
  for (const minute of minutes) {
    for (const second of seconds) {
      const wall = shown + minute * 60_000 + second * 1_000;
      const slot = at + wall - local;
      // A half-hour change may fall within the hour.
      if (slot + offsetAt(slot) === wall) found.push(slot);
    }
  }
  return rule.positions === undefined ? found : pick(found, rule.positions);
}

function pick(found: readonly number[], positions: readonly number[]): number[] {
  const places = positions.map((nth) => (nth > 0 ? nth - 1 : found.length + nth));
  return [...new Set(places)].sort((a, b) => a - b).flatMap((place) => found[place] ?? []);
}
