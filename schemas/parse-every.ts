const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of `@every 90m` or `@every 1h30m`; undefined for a text that does not begin so.
 *
 * @throws SyntaxError that says what was found and what was expected
 */
export function everyOf(text: string): number | undefined {
  const match = /^@every(?:\s+(.*))?$/i.exec(text.trim());
  if (match === null) return undefined;
  const span = (match[1] ?? '').replaceAll(/\s+/g, '').toLowerCase();
  if (!/^(\d{1,12}(ms|s|m|h|d))+$/.test(span)) {
    throw new SyntaxError(`Cannot read "${text}", expected @every and a duration such as 90s, 5m, 1h30m or 2d`);
  }
  const total = [...span.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units],
    0,
  );
  refuseEvery(total);
  return total;
}

/** 100 years; a longer interval is no schedule. */
const longestMs = 100 * 366 * units.d;

/** Refuses an interval that no schedule can have. @throws SyntaxError that says what is expected */
export function refuseEvery(ms: number): void {
  if (ms < 1_000 || ms % 1_000 !== 0 || ms > longestMs) {
    throw new SyntaxError(`An interval of ${ms} ms, expected whole seconds, 1s to 36600d`);
  }
}
