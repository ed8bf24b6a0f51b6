import type { Budget } from './budget.ts';
import { ExpressionFault } from './expression-fault.ts';
import { Span } from './span.ts';

/** Named fields: of an event as JSON has them, or made by the expression. */
export type Fields = ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>;

/** Whether a value has named fields. Only its own count: nothing that a prototype brings along is ever seen. */
export function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date || value instanceof Span || value instanceof Uint8Array)
  );
}

/** A field's value, or undefined where it is not there; null is there. */
export function fieldOf(fields: Fields, key: unknown): unknown {
  if (fields instanceof Map) return fields.get(typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key);
  if (typeof key !== 'string' || !Object.hasOwn(fields, key)) return undefined;
  const value = (fields as Record<string, unknown>)[key];
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}

/** The keys, as `size`, `in` and loops see them. */
export function keysOf(fields: Fields): unknown[] {
  return fields instanceof Map ? [...fields.keys()] : Object.keys(fields);
}

/** How many there are; what a walk over them costs. */
export function sizeOf(value: readonly unknown[] | Fields): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : Object.keys(value).length;
}

/** How many fields there are. To count those of an event means to list them, so each is a step. */
export function paidSizeOf(fields: Fields, budget: Budget): number {
  const size = sizeOf(fields);
  budget.spend(size);
  return size;
}

/** What a value is called in a fault. */
export function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Date) return 'timestamp';
  if (value instanceof Span) return 'duration';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'map';
}

/** A whole number that may stand for a place in a list or text; anything else faults. */
export function wholeNumber(value: unknown): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new ExpressionFault(`a whole number is expected, not ${kindOfValue(value)}`);
  }
  return number;
}
