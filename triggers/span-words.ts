const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration of a file in words, exactly: `90 min`, `2 d`, `1500 ms`. Pure. */
export function spanWords(ms: number): string {
  const [unit, size] = units.find(([, length]) => ms !== 0 && ms % length === 0) ?? ['ms', 1];
  return `${ms / size} ${unit}`;
}
