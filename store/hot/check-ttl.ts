const longestMs = 30 * 86_400_000;

/** Returns a time to live as it is. @throws RangeError unless it is a whole number of milliseconds from 1 to 30 days */
export function checkTtl(ttlMs: number): number {
  if (Number.isInteger(ttlMs) && ttlMs >= 1 && ttlMs <= longestMs) return ttlMs;
  throw new RangeError(`Cannot keep an entry for ${ttlMs} ms, expected a whole number from 1 to ${longestMs}`);
}
