import type { Budget } from './budget.ts';
import { ExpressionFault } from './expression-fault.ts';
import { Span } from './span.ts';
import { fieldOf, isFields, keysOf, kindOfValue, paidSizeOf } from './values.ts';

/** Whether two values are the same; values of different kinds are not, whole and broken numbers are one kind. */
export function areEqual(a: unknown, b: unknown, budget: Budget): boolean {
  budget.spend(1);
  // What differs in length is told apart without a look.
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) budget.look(a.length);
  if (a === b) return true;
  if (isNumber(a)) return isNumber(b) && orderOf(a, b, budget) === 0;
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return false;
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Span) return b instanceof Span && a.ms === b.ms;
  if (a instanceof Uint8Array) {
    if (!(b instanceof Uint8Array) || a.length !== b.length) return false;
    budget.look(a.length);
    return Buffer.compare(a, b) === 0;
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => areEqual(item, b[at], budget));
  }
  if (!isFields(a) || !isFields(b)) return false;
  if (paidSizeOf(a, budget) !== paidSizeOf(b, budget)) return false;
  return keysOf(a).every((key) => {
    const other = fieldOf(b, key);
    return other !== undefined && areEqual(fieldOf(a, key), other, budget);
  });
}

/** Below zero where a comes before b; what has no order faults. */
export function orderOf(a: unknown, b: unknown, budget: Budget): number {
  const [left, right] = [rankable(a), rankable(b)];
  const alike = kindOfValue(a) === kindOfValue(b) || (isNumber(a) && isNumber(b));
  if (left === undefined || right === undefined || !alike) {
    throw new ExpressionFault(`${kindOfValue(a)} and ${kindOfValue(b)} have no order`);
  }
  if (typeof left === 'string' && typeof right === 'string') budget.look(Math.min(left.length, right.length));
  if (left < right) return -1;
  if (left > right) return 1;
  // Not a number is neither before nor after nor the same as anything.
  return left <= right ? 0 : Number.NaN;
}

const isNumber = (value: unknown) => typeof value === 'bigint' || typeof value === 'number';

function rankable(value: unknown): bigint | number | string | undefined {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Date) return value.getTime();
  return value instanceof Span ? value.ms : undefined;
}
