/**
 * The word that a person most likely meant, or undefined where none is near: at most a third of its letters differ.
 *
 * @source Damerau 1964: insert, delete, replace, swap
 */
export function nearestWord(found: string, known: readonly string[]): string | undefined {
  const scored = known
    .map((word) => ({ word, far: distance(found.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(1, Math.floor(Math.max(word.length, found.length) / 3)))
    .sort((a, b) => a.far - b.far);
  return scored[0]?.word;
}

/** `, did you mean x?`, or nothing. */
export function didYouMean(found: string, known: readonly string[]): string {
  const near = nearestWord(found, known);
  return near === undefined ? '' : `, did you mean ${near}`;
}

function distance(a: string, b: string): number {
  // A file may hold anything; a long word is near nothing.
  if (a.length > 60 || b.length > 60) return Number.POSITIVE_INFINITY;
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}
