/** How likely at least so many of so many are, each by itself so likely. Pure. */
export function binomialTail(of: number, least: number, each: number): number {
  if (least <= 0) return 1;
  if (each <= 0) return 0;
  if (each >= 1) return 1;
  let log = 0;
  for (let k = 0; k < least; k += 1) log += Math.log((of - k) / (least - k));
  let term = Math.exp(log + least * Math.log(each) + (of - least) * Math.log(1 - each));
  let sum = 0;
  for (let k = least; k <= of; k += 1) {
    sum += term;
    term *= ((of - k) / (k + 1)) * (each / (1 - each));
  }
  return Math.min(1, sum);
}

/** The one in the middle, the lower of two; 0 of none. Pure. */
export function median(all: readonly number[]): number {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
