import { defaultStart } from '../schemas/check-rrule.ts';
import { type Cron, parseCron } from '../schemas/parse-cron.ts';
import type { DateTime } from '../schemas/parse-instant.ts';
import { parseRrule, type Recurrence, type WeekdayOf } from '../schemas/parse-rrule.ts';
import { dateOf, weekdayOf } from '../schemas/rrule-days.ts';
import type { RecurrenceRule, SlotRule } from '../schemas/slot-rule.ts';
import { zoneOffset } from '../schemas/zone-offset.ts';
import { startOf } from './recurrence-slots.ts';

const dayMs = 86_400_000;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
] as const;
/** More times of day than these are told by their parts. */
const mostTimes = 8;

/**
 * A schedule in English words, such as `at 08:00 on Monday to Friday, Europe/Berlin`. Pure.
 *
 * @throws SyntaxError for a rule that cannot be read, RangeError for an unknown zone
 */
export function ruleWords(rule: SlotRule): string {
  return `${wordsOf(rule)}${rule.until === undefined ? '' : `, until ${rule.until}`}`;
}

function wordsOf(rule: SlotRule): string {
  switch (rule.form) {
    case 'cron':
      return `${cronWords(parseCron(rule.schedule))}, ${rule.timezone}`;
    case 'every':
      return `every ${intervalWords(rule.everyMs)}, counted from ${rule.start ?? '1970-01-01T00:00:00Z'}`;
    case 'at':
      return `once at ${rule.at}, ${rule.timezone}`;
    case 'rrule':
      return `${recurrenceWords(rule)}, ${rule.timezone}`;
  }
}

function cronWords(cron: Cron): string {
  const time = cronTime(cron);
  const everyDay = cron.daysOfMonth.length === 31;
  const everyWeekday = cron.daysOfWeek.length === 7;
  const inMonth = `on ${plural('day', cron.daysOfMonth)} ${series(cron.daysOfMonth)} of the month`;
  const inWeek = weekdaySeries(cron.daysOfWeek);
  let days = '';
  if (cron.eitherDay) days = everyDay || everyWeekday ? '' : `${inMonth} or on ${inWeek}`;
  else if (everyDay && !everyWeekday) days = `on ${inWeek}`;
  else if (!everyDay) days = everyWeekday ? inMonth : `${inMonth} where that is ${inWeek}`;
  if (days === '' && time.startsWith('at ')) days = 'every day';
  const when = cron.months.length === 12 ? '' : `in ${series(cron.months, (month) => months[month - 1]!)}`;
  return [time, days, when].filter((part) => part !== '').join(' ');
}

function cronTime({ hours, minutes, seconds }: Cron): string {
  if (hours.length < 24 && hours.length * minutes.length * seconds.length <= mostTimes) {
    return `at ${timesOf(hours, minutes, seconds)}`;
  }
  const inHours = hours.length === 24 ? '' : ` in ${plural('hour', hours)} ${series(hours)}`;
  if (seconds.length === 60 && minutes.length === 60) return `every second${inHours}`;
  const past = seconds.length === 1 && seconds[0] === 0 ? '' : `${stepped('second', seconds, 60)} of `;
  if (minutes.length === 1 && minutes[0] === 0) return `${past}${past === '' ? 'every hour' : 'each hour'}${inHours}`;
  return `${past}${stepped('minute', minutes, 60)}${inHours}`;
}

/** `every 5 minutes`, or `at minute 5 and 20 of the hour`. */
function stepped(unit: 'minute' | 'second', values: readonly number[], of: number): string {
  const step = of / values.length;
  if (step === 1) return `every ${unit}`;
  if (values.length > 1 && values.every((value, at) => value === at * step)) return `every ${step} ${unit}s`;
  return `at ${plural(unit, values)} ${series(values)}${unit === 'minute' ? ' of every hour' : ''}`;
}

function recurrenceWords(given: RecurrenceRule): string {
  const { start, timezone } = given;
  const rule = parseRrule(given.rrule);
  const anchor = startOf(given)?.wall ?? defaultStart;
  const slow = rule.freq === 'DAILY' || rule.freq === 'WEEKLY' || rule.freq === 'MONTHLY' || rule.freq === 'YEARLY';
  const unit = { Y: 'year', M: 'month', W: 'week', D: 'day', H: 'hour', S: 'second' }[rule.freq[0]!] ?? '';
  const period = rule.freq === 'MINUTELY' ? 'minute' : unit;
  return [
    rule.interval === 1 ? `every ${period}` : `every ${rule.interval} ${period}s`,
    ...dayWords(rule, anchor),
    ...(slow ? [slowTime(rule, anchor)] : fastTime(rule)),
    rule.positions === undefined ? '' : `only the ${list(rule.positions.map(nthWords))} of them`,
    rule.count === undefined ? '' : `${rule.count} times`,
    start === undefined ? '' : `from ${start}`,
    rule.until === undefined ? '' : `until ${untilWords(rule.until, timezone)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** As clocks of the zone show it. */
function untilWords({ wall, offset }: DateTime, zone: string): string {
  const shown = offset === undefined ? wall : wall - offset + zoneOffset(zone, wall - offset);
  return new Date(shown).toISOString().slice(0, 16).replace('T', ' ');
}

function dayWords(rule: Recurrence, anchor: number): string[] {
  const { freq, months: inMonths, weekNumbers, yearDays, monthDays, days } = rule;
  const day = Math.floor(anchor / dayMs);
  const date = dateOf(day);
  const bare = !(weekNumbers ?? yearDays ?? monthDays ?? days);
  const year = freq === 'YEARLY' && bare;
  const inYear = inMonths ?? (year ? [date.month] : undefined);
  const inMonth = monthDays ?? (year || (freq === 'MONTHLY' && bare) ? [date.day] : undefined);
  const onDays =
    days ??
    ((freq === 'WEEKLY' && bare) || (weekNumbers && !yearDays && !monthDays)
      ? [{ weekday: weekdayOf(day) }]
      : undefined);
  return [
    inYear === undefined ? '' : `in ${series(inYear, (month) => months[month - 1]!)}`,
    weekNumbers === undefined ? '' : `in ${plural('week', weekNumbers)} ${series(weekNumbers)}`,
    yearDays === undefined ? '' : `on ${plural('day', yearDays)} ${series(yearDays)} of the year`,
    inMonth === undefined ? '' : `on ${monthDayWords(inMonth)}`,
    onDays === undefined ? '' : `on ${onDayWords(onDays)}`,
  ];
}

function monthDayWords(days: readonly number[]): string {
  const named = days.map((day) => (day > 0 ? `${day}` : day === -1 ? 'the last' : `the ${nthWords(day)}`));
  return `${days.length === 1 && days[0]! < 0 ? '' : `${plural('day', days)} `}${list(named)}${days.at(-1)! < 0 ? ' day' : ''} of the month`;
}

function onDayWords(days: readonly WeekdayOf[]): string {
  if (days.every(({ nth }) => nth === undefined)) return weekdaySeries(days.map(({ weekday }) => weekday));
  return list(
    days.map(({ weekday, nth }) =>
      nth === undefined ? weekdays[weekday]! : `the ${nthWords(nth)} ${weekdays[weekday]}`,
    ),
  );
}

function slowTime({ hours, minutes, seconds }: Recurrence, anchor: number): string {
  const start = new Date(anchor);
  const [h, m, s] = [
    hours ?? [start.getUTCHours()],
    minutes ?? [start.getUTCMinutes()],
    seconds ?? [start.getUTCSeconds()],
  ];
  if (h.length * m.length * s.length <= mostTimes) return `at ${timesOf(h, m, s)}`;
  return `at ${plural('minute', m)} ${series(m)} of ${plural('hour', h)} ${series(h)}${s.length === 1 && s[0] === 0 ? '' : `, ${plural('second', s)} ${series(s)}`}`;
}

function fastTime({ hours, minutes, seconds }: Recurrence): string[] {
  return [
    hours === undefined ? '' : `in ${plural('hour', hours)} ${series(hours)}`,
    minutes === undefined ? '' : `at ${plural('minute', minutes)} ${series(minutes)}`,
    seconds === undefined ? '' : `at ${plural('second', seconds)} ${series(seconds)}`,
  ];
}

function timesOf(hours: readonly number[], minutes: readonly number[], seconds: readonly number[]): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const whole = seconds.length === 1 && seconds[0] === 0;
  return list(
    hours.flatMap((hour) =>
      minutes.flatMap((minute) =>
        seconds.map((second) => `${two(hour)}:${two(minute)}${whole ? '' : `:${two(second)}`}`),
      ),
    ),
  );
}

/** `90 minutes`: in the largest unit that holds it without a rest. */
function intervalWords(ms: number): string {
  const units = [
    ['day', dayMs],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const;
  const [name, size] = units.find(([, one]) => ms % one === 0) ?? units[3];
  return ms === size ? name : `${ms / size} ${name}s`;
}

function nthWords(nth: number): string {
  if (nth === -1) return 'last';
  const size = Math.abs(nth);
  const teen = size % 100 >= 11 && size % 100 <= 13;
  const ending = teen ? 'th' : ({ 1: 'st', 2: 'nd', 3: 'rd' }[size % 10] ?? 'th');
  return nth > 0 ? `${size}${ending}` : `${size}${ending} to last`;
}

const plural = (word: string, values: readonly unknown[]) => (values.length === 1 ? word : `${word}s`);

/** Monday first, as weeks are read. */
function weekdaySeries(days: readonly number[]): string {
  const fromMonday = [...new Set(days.map((day) => (day + 6) % 7))].sort((a, b) => a - b);
  return series(fromMonday, (day) => weekdays[(day + 1) % 7]!);
}

/** `1, 3 to 5 and 9`. */
function series(values: readonly number[], name: (value: number) => string = String): string {
  const parts: string[] = [];
  for (let at = 0; at < values.length; ) {
    let end = at;
    while (values[end + 1] === values[end]! + 1) end += 1;
    if (end - at >= 2) parts.push(`${name(values[at]!)} to ${name(values[end]!)}`);
    else parts.push(...values.slice(at, end + 1).map(name));
    at = end + 1;
  }
  return list(parts);
}

function list(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
