import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { defaultStart } from '../schemas/check-rrule.ts';
import { type Cron, parseCron } from '../schemas/parse-cron.ts';
import { parseInstant } from '../schemas/parse-instant.ts';
import { parseRrule, type Recurrence } from '../schemas/parse-rrule.ts';
import { elapsedUnits, isElapsed } from '../schemas/rrule-elapsed.ts';
import type { AtRule, EveryRule, RecurrenceRule, SlotRule } from '../schemas/slot-rule.ts';
import { zoneOffset } from '../schemas/zone-offset.ts';
import { startOf } from './recurrence-slots.ts';
import { atInstant } from './slots.ts';

const monthNames = [
  ...(['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'] as const),
  ...(['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'] as const),
] as const;
const dayNames = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

/**
 * When Temporal wakes the dispatcher for a rule: at each slot, and for recurrence rules perhaps more often. A wake is a
 * hint, `accountSlots` knows the slots; what it cannot say (clocks that skip a time) is left to the sweeper. Pure.
 *
 * @throws SyntaxError for a rule that cannot be read, RangeError for an unknown zone
 */
export function wakeSpec(rule: SlotRule): ScheduleSpec {
  const end = rule.until === undefined ? {} : { endAt: new Date(parseInstant(rule.until)) };
  return { ...specOf(rule), ...end };
}

function specOf(rule: SlotRule): ScheduleSpec {
  switch (rule.form) {
    case 'cron':
      return { calendars: cronCalendars(parseCron(rule.schedule)), timezone: rule.timezone };
    case 'every':
      return everySpec(rule);
    case 'at':
      return atSpec(rule);
    case 'rrule':
      return recurrenceSpec(rule);
  }
}

function everySpec({ everyMs, start }: EveryRule): ScheduleSpec {
  const first = start === undefined ? 0 : parseInstant(start);
  return {
    intervals: [intervalOf(everyMs, first)],
    timezone: 'UTC',
    ...(start === undefined ? {} : { startAt: new Date(Math.floor(first / 1_000) * 1_000) }),
  };
}

/** Temporal counts from 1970 in whole seconds: a wake may come a part of a second late, and never early. */
function intervalOf(every: number, first: number) {
  const phase = ((first % every) + every) % every;
  return { every, offset: (Math.ceil(phase / 1_000) * 1_000) % every };
}

function atSpec(rule: AtRule): ScheduleSpec {
  const at = new Date(Math.ceil(atInstant(rule) / 1_000) * 1_000);
  const calendar: CalendarSpec = {
    year: at.getUTCFullYear(),
    month: monthNames[at.getUTCMonth()]!,
    dayOfMonth: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
  return { calendars: [calendar], timezone: 'UTC' };
}

function recurrenceSpec(rule: RecurrenceRule): ScheduleSpec {
  const parsed = parseRrule(rule.rrule);
  return isElapsed(parsed) ? elapsedSpec(rule, parsed) : dailySpec(rule, parsed);
}

/** At the times of day of the rule, every day. */
function dailySpec(rule: RecurrenceRule, { hours, minutes, seconds }: Recurrence): ScheduleSpec {
  const local = new Date(startOf(rule)?.wall ?? defaultStart);
  const time = calendarOf(
    hours ?? [local.getUTCHours()],
    minutes ?? [local.getUTCMinutes()],
    seconds ?? [local.getUTCSeconds()],
  );
  return { calendars: [time], timezone: rule.timezone };
}

/** At each period where nothing more is said, else at the named minutes and seconds. */
function elapsedSpec(rule: RecurrenceRule, { freq, interval, hours, minutes, seconds }: Recurrence): ScheduleSpec {
  const named = freq === 'HOURLY' ? (minutes ?? seconds) : freq === 'MINUTELY' ? seconds : undefined;
  const start = startOf(rule)?.instant;
  if (named === undefined && start !== undefined) {
    const every = elapsedUnits[freq as keyof typeof elapsedUnits] * interval;
    return { intervals: [intervalOf(every, start)], timezone: 'UTC' };
  }
  const minute = minutes ?? (freq === 'HOURLY' && start === undefined ? [0] : undefined);
  const local = start === undefined ? 0 : start + zoneOffset(rule.timezone, start);
  const second = freq === 'SECONDLY' ? seconds : (seconds ?? [new Date(local).getUTCSeconds()]);
  return { calendars: [calendarOf(hours, minute, second)], timezone: rule.timezone };
}

const ranges = (values: readonly number[]) => values.map((value) => ({ start: value, end: value }));

/** What is left out is every one. */
function calendarOf(
  hours: readonly number[] | undefined,
  minutes: readonly number[] | undefined,
  seconds: readonly number[] | undefined,
): CalendarSpec {
  return {
    hour: hours === undefined ? '*' : ranges(hours),
    minute: minutes === undefined ? '*' : ranges(minutes),
    second: seconds === undefined ? '*' : ranges(seconds),
  };
}

/** Temporal joins day of month and day of week with AND; cron's OR is two calendars. */
function cronCalendars(cron: Cron): CalendarSpec[] {
  const time = {
    second: ranges(cron.seconds),
    minute: ranges(cron.minutes),
    hour: ranges(cron.hours),
    month: cron.months.map((month) => monthNames[month - 1]!),
  };
  const dayOfMonth = ranges(cron.daysOfMonth);
  const dayOfWeek = cron.daysOfWeek.map((day) => dayNames[day]!);
  if (!cron.eitherDay) return [{ ...time, dayOfMonth, dayOfWeek }];
  return [
    { ...time, dayOfMonth, dayOfWeek: '*' },
    { ...time, dayOfMonth: '*', dayOfWeek },
  ];
}
