import type { methods, plainFunctions } from '../../schemas/compile-expression.ts';
import { lookedAt } from '../../schemas/holds.ts';
import { compilePattern } from '../../schemas/pattern.ts';
import { zoneOffset } from '../../schemas/zone-offset.ts';
import type { Budget } from './budget.ts';
import { instant, within } from './calculate.ts';
import { ExpressionFault } from './expression-fault.ts';
import { findLastText, findText, splitText } from './find-text.ts';
import { parseSpan, Span } from './span.ts';
import { isFields, kindOfValue, paidSizeOf, wholeNumber } from './values.ts';

/** One function of the language; the first argument of a method is what it is called on. */
type Fn = (args: readonly unknown[], budget: Budget) => unknown;

/** Calls a function by name. Names that are in neither list never come here: checking refuses them. */
export function callFunction(name: string, args: readonly unknown[], budget: Budget, method: boolean): unknown {
  const fn = (method ? methodTable : plainTable)[name as keyof typeof methodTable & keyof typeof plainTable];
  return fn(args, budget);
}

function size([of]: readonly unknown[], budget: Budget): bigint {
  if (typeof of === 'string') return BigInt(charactersOf(budget.read(of)));
  if (of instanceof Uint8Array) return BigInt(of.length);
  if (Array.isArray(of)) return BigInt(of.length);
  if (isFields(of)) return BigInt(paidSizeOf(of, budget));
  throw new ExpressionFault(`${kindOfValue(of)} has no size`);
}

/** Counts as people do: what lies beyond 16 bits is one. */
function charactersOf(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePointAt(at) ?? 0) > 0xffff) {
      count -= 1;
      at += 1;
    }
  }
  return count;
}

const plainTable: Readonly<Record<(typeof plainFunctions)[number], Fn>> = {
  size,
  dyn: ([value]) => value,
  int: ([value], budget) => toInt(value, budget),
  double: ([value], budget) => toDouble(value, budget),
  bool: ([value]) => toBool(value),
  string: ([value], budget) => toText(value, budget),
  bytes: ([value], budget) => (value instanceof Uint8Array ? value : Buffer.from(text(value, budget), 'utf8')),
  timestamp: ([value], budget) => toInstant(value, budget),
  duration: ([value], budget) => (value instanceof Span ? value : parseSpan(text(value, budget))),
};

const methodTable: Readonly<Record<(typeof methods)[number], Fn>> = {
  size,
  contains: ([of, part], budget) => findText(text(of, budget), text(part, budget)) !== -1,
  startsWith: ([of, part], budget) => text(of, budget).startsWith(text(part, budget)),
  endsWith: ([of, part], budget) => text(of, budget).endsWith(text(part, budget)),
  matches: ([of, pattern], budget) => matches(text(of, budget), pattern as string, budget),
  lowerAscii: ([of], budget) => text(of, budget).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  upperAscii: ([of], budget) => text(of, budget).replace(/[a-z]+/g, (part) => part.toUpperCase()),
  trim: ([of], budget) => text(of, budget).trim(),
  indexOf: ([of, part, from], budget) =>
    BigInt(findText(text(of, budget), text(part, budget), from === undefined ? 0 : wholeNumber(from))),
  lastIndexOf: ([of, part, from], budget) =>
    BigInt(findLastText(text(of, budget), text(part, budget), from === undefined ? undefined : wholeNumber(from))),
  substring: ([of, from, to], budget) => substring(text(of, budget), from, to),
  split: ([of, by, most], budget) => split(text(of, budget), text(by, budget), most, budget),
  join: ([of, by], budget) => join(of, by === undefined ? '' : text(by, budget), budget),
  base64: ([of], budget) => encoded(of, 'base64', 4 / 3, budget),
  hex: ([of], budget) => encoded(of, 'hex', 2, budget),
  getFullYear: clock((at) => at.getUTCFullYear()),
  getMonth: clock((at) => at.getUTCMonth()),
  getDate: clock((at) => at.getUTCDate()),
  getDayOfMonth: clock((at) => at.getUTCDate() - 1),
  getDayOfWeek: clock((at) => at.getUTCDay()),
  getDayOfYear: clock((at) => Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000)),
  getHours: clock((at) => at.getUTCHours(), 3_600_000),
  getMinutes: clock((at) => at.getUTCMinutes(), 60_000),
  getSeconds: clock((at) => at.getUTCSeconds(), 1_000),
  getMilliseconds: clock((at) => at.getUTCMilliseconds(), 1),
};

function text(value: unknown, budget: Budget): string {
  if (typeof value !== 'string') throw new ExpressionFault(`a text is expected, not ${kindOfValue(value)}`);
  return budget.read(value);
}

function encoded(value: unknown, as: 'base64' | 'hex', perByte: number, budget: Budget): string {
  if (!(value instanceof Uint8Array)) throw new ExpressionFault(`bytes are expected, not ${kindOfValue(value)}`);
  budget.write(Math.ceil(value.length * perByte));
  return Buffer.from(value).toString(as);
}

function matches(of: string, pattern: string, budget: Budget): boolean {
  const compiled = compilePattern(pattern);
  const steps = compiled.programSize();
  const looked = of.slice(0, lookedAt(steps));
  budget.spend(Math.ceil((looked.length * steps) / 32));
  return compiled.test(looked);
}

function substring(of: string, from: unknown, to: unknown): string {
  const [first, last] = [wholeNumber(from), to === undefined ? of.length : wholeNumber(to)];
  if (first < 0 || last < first || last > of.length) throw new ExpressionFault('a part lies outside of its text');
  return of.slice(first, last);
}

function split(of: string, by: string, most: unknown, budget: Budget): string[] {
  const limit = most === undefined ? -1 : wholeNumber(most);
  if (limit === 0) return [];
  budget.spend(by === '' ? of.length : 0);
  const parts = splitText(of, by);
  budget.spend(parts.length);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(by)];
}

function join(of: unknown, by: string, budget: Budget): string {
  if (!Array.isArray(of)) throw new ExpressionFault(`a list is expected, not ${kindOfValue(of)}`);
  budget.spend(of.length);
  let length = by.length * of.length;
  for (const item of of) {
    if (typeof item !== 'string') throw new ExpressionFault(`a list of texts is expected, not of ${kindOfValue(item)}`);
    length += item.length;
  }
  budget.write(length);
  return of.join(by);
}

function toInt(value: unknown, budget: Budget): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return within(BigInt(Math.trunc(value)));
  if (value instanceof Date) return BigInt(Math.floor(value.getTime() / 1000));
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(budget.read(value))) return within(BigInt(value));
  throw new ExpressionFault(`${kindOfValue(value)} is no whole number`);
}

function toDouble(value: unknown, budget: Budget): number {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (typeof value === 'string' && /^-?\d{1,300}(\.\d{1,300})?(e[+-]?\d{1,3})?$/i.test(budget.read(value))) {
    return Number(value);
  }
  throw new ExpressionFault(`${kindOfValue(value)} is no number`);
}

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ExpressionFault(`${kindOfValue(value)} is neither true nor false`);
}

function toText(value: unknown, budget: Budget): string {
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) {
    budget.write(value.length);
    return Buffer.from(value).toString('utf8');
  }
  if (['bigint', 'number', 'boolean'].includes(typeof value) || value instanceof Span) return String(value);
  throw new ExpressionFault(`${kindOfValue(value)} cannot be made a text`);
}

function toInstant(value: unknown, budget: Budget): Date {
  if (value instanceof Date) return value;
  if (typeof value === 'bigint' || typeof value === 'number') return instant(Math.trunc(Number(value)) * 1000);
  const written = text(value, budget);
  // RFC 3339, with its offset: what Date.parse takes beyond that depends on the machine.
  const known = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i.test(written);
  const ms = known ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(ms)) throw new ExpressionFault('a text is no time such as 2026-03-01T08:00:00Z');
  return instant(ms);
}

/** What a clock in UTC or in a named zone shows; a duration has hours and less, each for the whole of it. */
function clock(read: (at: Date) => number, unitMs?: number): Fn {
  return ([of, zone], budget) => {
    if (of instanceof Span && unitMs !== undefined && zone === undefined) return BigInt(Math.trunc(of.ms / unitMs));
    if (!(of instanceof Date)) throw new ExpressionFault(`a time is expected, not ${kindOfValue(of)}`);
    if (zone === undefined) return BigInt(read(of));
    const name = text(zone, budget);
    budget.spend(100);
    try {
      return BigInt(read(new Date(of.getTime() + zoneOffset(name, of.getTime()))));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ExpressionFault('a text is no time zone such as Europe/Berlin');
    }
  };
}
