/** p50 and p95 by nearest rank, in the unit of the values. Throws RangeError for none. */
export function quantiles(values: readonly number[]): { p50: number; p95: number; n: number } {
  if (values.length === 0) throw new RangeError('Cannot take a quantile of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), n: sorted.length };
}
