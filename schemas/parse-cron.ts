/** A cron expression taken apart. Each list is sorted and without repeats. */
export interface Cron {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly daysOfWeek: readonly number[];
  /** The hour field begins with `*`: slots follow elapsed time over a change of clocks. */
  readonly everyHour: boolean;
  /** Neither day field begins with `*`: a day counts when one of them matches. @source crontab(5), Vixie cron */
  readonly eitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
/** With the longest February: a date that only leap years have can happen. */
const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const fields: readonly [Field, Field, Field, Field, Field, Field] = [
  { name: 'second', min: 0, max: 59 },
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: months },
  { name: 'day of week', min: 0, max: 7, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const nicknames: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/**
 * Reads a cron expression: 5 fields, or 6 with seconds first; names, ranges, steps, lists and nicknames.
 *
 * Day of month and day of week are joined as in Vixie cron: either matches when both are restricted.
 *
 * @throws SyntaxError that says which field, what was found and what was expected; also for a date that never happens
 * @source crontab(5)
 */
export function parseCron(expression: string): Cron {
  const text = expression.trim().toLowerCase();
  if (text.startsWith('@')) {
    const known = nicknames[text];
    if (known === undefined) {
      throw new SyntaxError(`"${expression}" is no schedule, expected one of ${Object.keys(nicknames).join(', ')}`);
    }
    return parseCron(known);
  }
  const words = text.split(/\s+/);
  if (words.length === 5) words.unshift('0');
  const [second, minute, hour, dayOfMonth, month, dayOfWeek] = words;
  if (words.length !== 6 || dayOfWeek === undefined) {
    const count = text === '' ? 0 : text.split(/\s+/).length;
    throw new SyntaxError(
      `"${expression}" has ${count} ${count === 1 ? 'field' : 'fields'}, expected 5 (minute hour day month weekday) or 6 (second first)`,
    );
  }
  const cron: Cron = {
    seconds: readField(second!, fields[0]),
    minutes: readField(minute!, fields[1]),
    hours: readField(hour!, fields[2]),
    daysOfMonth: readField(dayOfMonth!, fields[3]),
    months: readField(month!, fields[4]),
    daysOfWeek: [...new Set(readField(dayOfWeek, fields[5]).map((day) => day % 7))].sort((a, b) => a - b),
    everyHour: hour!.startsWith('*'),
    eitherDay: !dayOfMonth!.startsWith('*') && !dayOfWeek.startsWith('*'),
  };
  refuseImpossible(expression, cron);
  return cron;
}

function readField(text: string, field: Field): number[] {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/(\d+))?$/.exec(part);
    if (match === null || (match[1] === '*' && match[2] !== undefined)) throw unreadable(part, field);
    const [, from, to, stepText] = match;
    const step = stepText === undefined ? 1 : Number(stepText);
    if (step < 1) throw new SyntaxError(`The step of ${field.name} is ${stepText}, expected 1 or more`);
    const first = from === '*' ? field.min : readValue(from!, field);
    let last = first;
    if (to !== undefined) last = readValue(to, field);
    // `10/5` means from 10 to the end; a week ends before its second name for Sunday.
    else if (from === '*' || stepText !== undefined) last = field.name === 'day of week' ? 6 : field.max;
    // Sunday closes a week as well as it opens one: fri-sun.
    if (field.name === 'day of week' && last === 0 && first > 0) last = 7;
    if (last < first) throw new SyntaxError(`The range ${part} of ${field.name} runs backwards, expected two ranges`);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function readValue(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw unreadable(text, field);
  if (value < field.min || value > field.max) {
    throw new SyntaxError(`The ${field.name} is ${text}, expected ${field.min} to ${field.max}`);
  }
  return value;
}

function unreadable(part: string, field: Field): SyntaxError {
  const names = field.names === undefined ? '' : ` or ${field.names[0]} to ${field.names.at(-1)}`;
  return new SyntaxError(
    `Cannot read "${part}" as ${field.name}, expected *, ${field.min} to ${field.max}${names}, a range, a list or a step`,
  );
}

/** A date such as 30 February would be searched for without end. */
function refuseImpossible(expression: string, cron: Cron): void {
  if (cron.eitherDay) return;
  const possible = cron.months.some((month) => cron.daysOfMonth.some((day) => day <= longestMonths[month - 1]!));
  if (possible) return;
  const named = cron.months.map((month) => monthNames[month - 1]).join(' and ');
  const verb = cron.months.length === 1 ? 'has' : 'have';
  throw new SyntaxError(`"${expression}" never happens: ${named} ${verb} no day ${cron.daysOfMonth.join(' or ')}`);
}
