import type { Recurrence, WeekdayOf } from './parse-rrule.ts';

const dayMs = 86_400_000;
/** Rules are followed up to the end of year 9999. */
export const lastDay = Math.floor(Date.UTC(9999, 11, 31) / dayMs);

/** The days of one period of a rule, in order; days count from 1970-01-01. */
export interface Period {
  readonly first: number;
  readonly days: readonly number[];
}

/**
 * The periods of a rule of FREQ DAILY or slower from the one that holds `from`, each with its days; ends with year
 * 9999. Never more than a year of days in memory. Pure, knows no zone.
 *
 * @param anchor - day of DTSTART: what INTERVAL counts from, and what stands in for parts that are left out
 */
export function* periodsOf(rule: Recurrence, anchor: number, from: number): Generator<Period> {
  switch (rule.freq) {
    case 'YEARLY':
      return yield* years(rule, anchor, from);
    case 'MONTHLY':
      return yield* months(rule, anchor, from);
    case 'WEEKLY':
      return yield* weeks(rule, anchor, from);
    default:
      return yield* daysOf(rule, anchor, from);
  }
}

/** The first n of anchor, anchor + step, ... whose place is `from` or later. */
function firstOf(anchor: number, step: number, from: number): number {
  return anchor + Math.max(0, Math.ceil((from - anchor) / step)) * step;
}

function* years(rule: Recurrence, anchor: number, from: number): Generator<Period> {
  const begin = dateOf(anchor);
  const plain = !(rule.weekNumbers ?? rule.yearDays ?? rule.monthDays ?? rule.days);
  const inMonths = rule.months ?? (plain ? [begin.month] : undefined);
  const inDays = rule.monthDays ?? (plain ? [begin.day] : undefined);
  // A week without a weekday has that of DTSTART.
  const onDays =
    rule.days ??
    (rule.weekNumbers !== undefined && !(rule.yearDays ?? rule.monthDays)
      ? [{ weekday: weekdayOf(anchor) }]
      : undefined);
  for (let year = firstOf(begin.year, rule.interval, dateOf(from).year); year <= 9999; year += rule.interval) {
    const first = dayOf(year, 1, 1);
    const length = dayOf(year + 1, 1, 1) - first;
    const weekNumber = rule.weekNumbers === undefined ? undefined : weekNumbersOf(rule, year);
    const days: number[] = [];
    for (let month = 1; month <= 12; month += 1) {
      if (inMonths?.includes(month) === false) continue;
      const monthStart = dayOf(year, month, 1);
      const monthLength = (month === 12 ? first + length : dayOf(year, month + 1, 1)) - monthStart;
      const scope = rule.months === undefined ? { start: first, length } : { start: monthStart, length: monthLength };
      for (let day = monthStart; day < monthStart + monthLength; day += 1) {
        if (!includes(inDays, day - monthStart + 1, monthLength)) continue;
        if (!includes(rule.yearDays, day - first + 1, length)) continue;
        if (weekNumber !== undefined && !weekNumber(day)) continue;
        if (onDays !== undefined && !onDays.some((one) => isDay(one, day, scope))) continue;
        days.push(day);
      }
    }
    yield { first, days };
  }
}

function* months(rule: Recurrence, anchor: number, from: number): Generator<Period> {
  const begin = dateOf(anchor);
  const inDays = rule.monthDays ?? (rule.days === undefined ? [begin.day] : undefined);
  const at = dateOf(from);
  const last = 9999 * 12 + 11;
  const monthOf = (date: { year: number; month: number }) => date.year * 12 + date.month - 1;
  for (let index = firstOf(monthOf(begin), rule.interval, monthOf(at)); index <= last; index += rule.interval) {
    const [year, month] = [Math.floor(index / 12), (index % 12) + 1];
    const start = dayOf(year, month, 1);
    const days: number[] = [];
    if (rule.months?.includes(month) !== false) {
      const length = (month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1)) - start;
      for (let day = start; day < start + length; day += 1) {
        if (!includes(inDays, day - start + 1, length)) continue;
        if (rule.days !== undefined && !rule.days.some((one) => isDay(one, day, { start, length }))) continue;
        days.push(day);
      }
    }
    yield { first: start, days };
  }
}

function* weeks(rule: Recurrence, anchor: number, from: number): Generator<Period> {
  const weekStart = (day: number) => day - ((weekdayOf(day) - rule.weekStart + 7) % 7);
  const onDays = rule.days?.map((one) => one.weekday) ?? [weekdayOf(anchor)];
  for (let first = firstOf(weekStart(anchor), 7 * rule.interval, from - 6); first <= lastDay; ) {
    const days: number[] = [];
    for (let day = first; day < first + 7; day += 1) {
      if (onDays.includes(weekdayOf(day)) && rule.months?.includes(dateOf(day).month) !== false) days.push(day);
    }
    yield { first, days };
    first += 7 * rule.interval;
  }
}

function* daysOf(rule: Recurrence, anchor: number, from: number): Generator<Period> {
  for (let day = firstOf(anchor, rule.interval, from); day <= lastDay; day += rule.interval) {
    yield { first: day, days: matchesDay(rule, day) ? [day] : [] };
  }
}

/** Whether a day passes the parts that only limit: for FREQ DAILY and finer. */
export function matchesDay(rule: Recurrence, day: number): boolean {
  if (rule.months === undefined && rule.monthDays === undefined && rule.yearDays === undefined) {
    return rule.days === undefined || rule.days.some(({ weekday }) => weekday === weekdayOf(day));
  }
  const { year, month, day: inMonth } = dateOf(day);
  if (rule.months?.includes(month) === false) return false;
  if (rule.monthDays !== undefined) {
    const length = dayOf(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - dayOf(year, month, 1);
    if (!includes(rule.monthDays, inMonth, length)) return false;
  }
  if (rule.yearDays !== undefined) {
    const first = dayOf(year, 1, 1);
    if (!includes(rule.yearDays, day - first + 1, dayOf(year + 1, 1, 1) - first)) return false;
  }
  return rule.days === undefined || rule.days.some(({ weekday }) => weekday === weekdayOf(day));
}

/** Whether the nth of `length` is wanted, counted from either end. */
function includes(wanted: readonly number[] | undefined, nth: number, length: number): boolean {
  return wanted === undefined || wanted.includes(nth) || wanted.includes(nth - length - 1);
}

function isDay({ weekday, nth }: WeekdayOf, day: number, scope: { start: number; length: number }): boolean {
  if (weekdayOf(day) !== weekday) return false;
  if (nth === undefined) return true;
  const at = day - scope.start;
  return nth > 0 ? Math.floor(at / 7) + 1 === nth : Math.floor((scope.length - 1 - at) / 7) + 1 === -nth;
}

/** Whether a day lies in one of the wanted weeks. Week 1 is the first with four days or more in the year. */
function weekNumbersOf(rule: Recurrence, year: number): (day: number) => boolean {
  const firstWeek = (of: number) => {
    const newYear = dayOf(of, 1, 1);
    const into = (weekdayOf(newYear) - rule.weekStart + 7) % 7;
    return into <= 3 ? newYear - into : newYear + 7 - into;
  };
  const starts = [firstWeek(year - 1), firstWeek(year), firstWeek(year + 1), firstWeek(year + 2)] as const;
  const weekIn = (day: number, start: number, next: number) =>
    day >= start && day < next && includes(rule.weekNumbers, Math.floor((day - start) / 7) + 1, (next - start) / 7);
  return (day) =>
    weekIn(day, starts[0], starts[1]) || weekIn(day, starts[1], starts[2]) || weekIn(day, starts[2], starts[3]);
}

/** The day of a date, counted from 1970-01-01. @source Hinnant, days_from_civil */
export function dayOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** The date of a day that counts from 1970-01-01. @source Hinnant, civil_from_days */
export function dateOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted + (shifted < 10 ? 3 : -9);
  const day = ofYear - Math.floor((153 * shifted + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** 0 is Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}
