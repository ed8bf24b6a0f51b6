import { didYouMean } from './nearest-word.ts';
import { type DateTime, parseDateTime } from './parse-instant.ts';

const freqs = ['SECONDLY', 'MINUTELY', 'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
export type Freq = (typeof freqs)[number];
/** 0 is Sunday. */
export const weekdayCodes = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;

/** One entry of BYDAY. */
export interface WeekdayOf {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** The nth of its month or year, from the end where negative; every one when left out. */
  readonly nth?: number;
}

/** A recurrence rule taken apart. Each list is sorted and without repeats; a part that is left out is undefined. */
export interface Recurrence {
  readonly freq: Freq;
  readonly interval: number;
  readonly count?: number;
  /** The last instant or local time that may be a slot; of a date, its last millisecond. */
  readonly until?: DateTime;
  readonly months?: readonly number[];
  readonly weekNumbers?: readonly number[];
  readonly yearDays?: readonly number[];
  readonly monthDays?: readonly number[];
  readonly days?: readonly WeekdayOf[];
  readonly hours?: readonly number[];
  readonly minutes?: readonly number[];
  readonly seconds?: readonly number[];
  readonly positions?: readonly number[];
  /** 0 is Sunday. */
  readonly weekStart: number;
}

const longestText = 1_000;
const mostCount = 100_000;
const mostInterval = 1_000_000_000;

const lists = {
  BYMONTH: { key: 'months', min: 1, max: 12 },
  BYWEEKNO: { key: 'weekNumbers', min: 1, max: 53, signed: true },
  BYYEARDAY: { key: 'yearDays', min: 1, max: 366, signed: true },
  BYMONTHDAY: { key: 'monthDays', min: 1, max: 31, signed: true },
  BYHOUR: { key: 'hours', min: 0, max: 23 },
  BYMINUTE: { key: 'minutes', min: 0, max: 59 },
  BYSECOND: { key: 'seconds', min: 0, max: 59 },
  BYSETPOS: { key: 'positions', min: 1, max: 366, signed: true },
} as const satisfies Record<string, { key: keyof Recurrence; min: number; max: number; signed?: true }>;
const partNames = ['FREQ', 'INTERVAL', 'COUNT', 'UNTIL', 'WKST', 'BYDAY', ...Object.keys(lists)];

/** Whether the text of `schedule:` is a recurrence rule and no cron expression. */
export function isRecurrence(text: string): boolean {
  return /^\s*(RRULE:|[A-Za-z]+=)/i.test(text);
}

/**
 * Reads a recurrence rule, with or without `RRULE:` before it. Whether it ever happens is not looked at.
 *
 * @throws SyntaxError that says which part, what was found and what was expected
 * @source RFC 5545 3.3.10
 */
export function parseRrule(text: string): Recurrence {
  if (text.length > longestText) {
    throw new SyntaxError(`A recurrence rule of ${text.length} characters, expected ${longestText} at most`);
  }
  const parts = new Map<string, string>();
  const body = text
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/;$/, '');
  for (const part of body.split(';')) {
    const at = part.indexOf('=');
    const name = (at < 0 ? part : part.slice(0, at)).trim().toUpperCase();
    if (!partNames.includes(name)) {
      throw new SyntaxError(
        `Unknown part "${name}", expected one of ${partNames.join(', ')}${didYouMean(name, partNames)}`,
      );
    }
    if (at < 0) throw new SyntaxError(`${name} has no value, expected ${name}=...`);
    if (parts.has(name)) throw new SyntaxError(`${name} stands twice, expected one ${name} with all its values`);
    parts.set(
      name,
      part
        .slice(at + 1)
        .trim()
        .toUpperCase(),
    );
  }
  const rule: Recurrence = { ...readHead(parts), ...readLists(parts) };
  refuseMismatch(rule);
  return rule;
}

function readHead(parts: ReadonlyMap<string, string>): Pick<Recurrence, 'freq' | 'interval' | 'weekStart'> {
  const freq = parts.get('FREQ');
  if (freq === undefined) throw new SyntaxError(`FREQ is missing, expected FREQ=${freqs.join(' or FREQ=')}`);
  const known = freqs.find((one) => one === freq);
  if (known === undefined) {
    throw new SyntaxError(`FREQ is "${freq}", expected one of ${freqs.join(', ')}${didYouMean(freq, freqs)}`);
  }
  const [interval, count, until, wkst] = ['INTERVAL', 'COUNT', 'UNTIL', 'WKST'].map((name) => parts.get(name));
  if (count !== undefined && until !== undefined) {
    throw new SyntaxError('COUNT and UNTIL stand together, expected one of them');
  }
  return {
    freq: known,
    interval: interval === undefined ? 1 : readNumber('INTERVAL', interval, { min: 1, max: mostInterval }),
    weekStart: wkst === undefined ? 1 : readWeekday('WKST', wkst),
    ...(count === undefined ? {} : { count: readNumber('COUNT', count, { min: 1, max: mostCount }) }),
    ...(until === undefined ? {} : { until: readUntil(until) }),
  };
}

function readLists(parts: ReadonlyMap<string, string>): Partial<Recurrence> {
  const read: Record<string, readonly number[]> = {};
  for (const [name, list] of Object.entries(lists)) {
    const text = parts.get(name);
    if (text === undefined) continue;
    const values = text.split(',').map((value) => readNumber(name, value.trim(), list));
    read[list.key] = [...new Set(values)].sort((a, b) => a - b);
  }
  const byDay = parts.get('BYDAY');
  return byDay === undefined ? read : { ...read, days: byDay.split(',').map((day) => readDay(day.trim())) };
}

function readNumber(name: string, text: string, { min, max, signed }: { min: number; max: number; signed?: true }) {
  const value = /^[+-]?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  const size = signed ? Math.abs(value) : value;
  if (!(size >= min && size <= max)) {
    throw new SyntaxError(`${name} is "${text}", expected ${min} to ${max}${signed ? `, or -${max} to -${min}` : ''}`);
  }
  return value;
}

function readWeekday(name: string, text: string): number {
  const weekday = (weekdayCodes as readonly string[]).indexOf(text);
  if (weekday < 0) {
    throw new SyntaxError(`${name} is "${text}", expected one of MO, TU, WE, TH, FR, SA, SU`);
  }
  return weekday;
}

function readDay(text: string): WeekdayOf {
  const match = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(text);
  const [, nth, code = ''] = match ?? [];
  const known = weekdayCodes.some((one) => one === code);
  const number = nth === undefined ? undefined : Number(nth);
  if (!known || (number !== undefined && (number === 0 || Math.abs(number) > 53))) {
    throw new SyntaxError(`BYDAY is "${text}", expected MO, TU, WE, TH, FR, SA or SU, or the nth such as 1MO or -1FR`);
  }
  const weekday = readWeekday('BYDAY', code);
  return number === undefined ? { weekday } : { weekday, nth: number };
}

function readUntil(text: string): DateTime {
  const match = /^(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)(Z?))?$/.exec(text);
  if (match === null) {
    throw new SyntaxError(`UNTIL is "${text}", expected such as 20261224T170000Z, or 20261224 for the whole day`);
  }
  const [, year, month, day, hour, minute, second, zulu] = match;
  const date = `${year}-${month}-${day}`;
  try {
    if (hour === undefined) return { wall: parseDateTime(date).wall + 86_400_000 - 1 };
    return parseDateTime(`${date}T${hour}:${minute}:${second}${zulu}`);
  } catch (error) {
    throw new SyntaxError(`UNTIL is ${(error as Error).message}`);
  }
}

/** Which parts may stand together: the table of RFC 5545 3.3.10. */
function refuseMismatch(rule: Recurrence): void {
  const { freq } = rule;
  const refuse = (part: string, expected: string) => {
    throw new SyntaxError(`${part} stands beside FREQ=${freq}, expected ${expected}`);
  };
  if (rule.weekNumbers !== undefined && freq !== 'YEARLY') refuse('BYWEEKNO', 'FREQ=YEARLY');
  if (rule.yearDays !== undefined && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(freq)) {
    refuse('BYYEARDAY', 'FREQ=YEARLY, HOURLY, MINUTELY or SECONDLY');
  }
  if (rule.monthDays !== undefined && freq === 'WEEKLY') refuse('BYMONTHDAY', 'another FREQ, or BYDAY');
  const numbered = rule.days?.find((day) => day.nth !== undefined);
  if (numbered !== undefined) {
    const words = `${numbered.nth}${weekdayCodes[numbered.weekday]}`;
    if (freq !== 'MONTHLY' && freq !== 'YEARLY') refuse(`BYDAY=${words}`, 'FREQ=MONTHLY or FREQ=YEARLY for the nth');
    if (rule.weekNumbers !== undefined) {
      throw new SyntaxError(`BYDAY=${words} stands beside BYWEEKNO, expected a weekday without a number`);
    }
    if ((freq === 'MONTHLY' || rule.months !== undefined) && Math.abs(numbered.nth!) > 5) {
      throw new SyntaxError(`BYDAY=${words} counts within a month, expected 1 to 5 or -5 to -1`);
    }
  }
  const others = Object.values(lists).some(({ key }) => key !== 'positions' && rule[key] !== undefined);
  if (rule.positions !== undefined && !others && rule.days === undefined) {
    throw new SyntaxError('BYSETPOS stands alone, expected another BY part beside it');
  }
}
