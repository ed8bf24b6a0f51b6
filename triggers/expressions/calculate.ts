import type { Budget } from './budget.ts';
import { ExpressionFault } from './expression-fault.ts';
import { Span } from './span.ts';
import { kindOfValue } from './values.ts';

export type Operator = '+' | '-' | '*' | '/' | '%';

/** Adds, subtracts, multiplies, divides. Whole numbers have 64 bits; one broken number makes the result broken. */
export function calculate(op: Operator, a: unknown, b: unknown, budget: Budget): unknown {
  if (typeof a === 'bigint' && typeof b === 'bigint') return whole(op, a, b);
  if (isNumber(a) && isNumber(b)) return broken(op, Number(a), Number(b));
  if (op === '+') {
    const sum = add(a, b, budget);
    if (sum !== undefined) return sum;
  }
  if (op === '-') {
    if (a instanceof Date && b instanceof Date) return new Span(a.getTime() - b.getTime());
    if (a instanceof Date && b instanceof Span) return instant(a.getTime() - b.ms);
    if (a instanceof Span && b instanceof Span) return new Span(a.ms - b.ms);
  }
  throw new ExpressionFault(`${kindOfValue(a)} ${op} ${kindOfValue(b)} is not defined`);
}

function add(a: unknown, b: unknown, budget: Budget): unknown {
  if (typeof a === 'string' && typeof b === 'string') {
    budget.write(a.length + b.length);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    budget.spend(a.length + b.length);
    return a.concat(b);
  }
  if (a instanceof Date && b instanceof Span) return instant(a.getTime() + b.ms);
  if (a instanceof Span && b instanceof Date) return instant(b.getTime() + a.ms);
  if (a instanceof Span && b instanceof Span) return new Span(a.ms + b.ms);
  return undefined;
}

/** The other sign of a number. */
export function negate(value: unknown): unknown {
  if (typeof value === 'bigint') return within(-value);
  if (typeof value === 'number') return -value;
  throw new ExpressionFault(`-${kindOfValue(value)} is not defined`);
}

/** A timestamp of the years 1 to 9999; any other faults. @source cel-spec, google.protobuf.Timestamp */
export function instant(ms: number): Date {
  if (!(ms >= -62_135_596_800_000 && ms <= 253_402_300_799_999)) throw new ExpressionFault('a time is out of range');
  return new Date(ms);
}

/** A number of 64 bits; a larger one faults. */
export function within(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new ExpressionFault('a number grows beyond 64 bits');
  return value;
}

const isNumber = (value: unknown) => typeof value === 'bigint' || typeof value === 'number';

function whole(op: Operator, a: bigint, b: bigint): bigint {
  if ((op === '/' || op === '%') && b === 0n) throw new ExpressionFault('a number is divided by zero');
  switch (op) {
    case '+':
      return within(a + b);
    case '-':
      return within(a - b);
    case '*':
      return within(a * b);
    case '/':
      return within(a / b);
    case '%':
      return a % b;
  }
}

function broken(op: Operator, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}
