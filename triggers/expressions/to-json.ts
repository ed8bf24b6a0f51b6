import { ExpressionFault } from './expression-fault.ts';
import { Span } from './span.ts';
import { fieldOf, isFields, keysOf, sizeOf } from './values.ts';

/** What an expression may give. @source docs/design/expressions.md */
export const outputLimits = {
  /** Characters of one text. */
  text: 65_536,
  /** Bytes of a whole result as JSON. */
  bytes: 262_144,
  /** Lists and maps in one another. */
  depth: 32,
} as const;

/**
 * Makes plain JSON of a value: int as a number, or as a text beyond 2^53; timestamp as RFC 3339, duration as `90.5s`,
 * bytes as base64. A key `__proto__` is left out. Pure.
 *
 * Faults where it is too large, too deep, or no JSON such as NaN.
 */
export function toJson(value: unknown): unknown {
  const left = { bytes: outputLimits.bytes };
  return plain(value, 0, left);
}

function plain(value: unknown, depth: number, left: { bytes: number }): unknown {
  if (depth > outputLimits.depth) throw new ExpressionFault(`it gives more than ${outputLimits.depth} levels`);
  if (Array.isArray(value)) {
    pay(left, value.length + 2);
    return value.map((item: unknown) => plain(item, depth + 1, left));
  }
  if (isFields(value)) {
    pay(left, sizeOf(value) + 2);
    const made: [string, unknown][] = [];
    for (const key of keysOf(value)) {
      const [name, inner] = [String(key), fieldOf(value, key)];
      if (name === '__proto__' || inner === undefined) continue;
      pay(left, Buffer.byteLength(JSON.stringify(limited(name))) + 1);
      made.push([name, plain(inner, depth + 1, left)]);
    }
    return Object.fromEntries(made);
  }
  const single = scalar(value);
  pay(left, typeof single === 'string' ? Buffer.byteLength(JSON.stringify(limited(single))) : String(single).length);
  return single;
}

function scalar(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new ExpressionFault('it gives a number without end');
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Span) return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

function limited(text: string): string {
  if (text.length <= outputLimits.text) return text;
  throw new ExpressionFault(`it gives a text of more than ${outputLimits.text} characters`);
}

function pay(left: { bytes: number }, bytes: number): void {
  left.bytes -= bytes;
  if (left.bytes < 0) throw new ExpressionFault(`it gives more than ${outputLimits.bytes} bytes`);
}
