import { wordsOf } from './recall/terms-of.ts';

type Word = ReturnType<typeof wordsOf>[number];

/** Shorter words are other words with one letter changed. */
const leastFuzzy = { shorter: 4, longer: 5 };

/**
 * Whether a name stands in what was said: all its words beside each other in their order, each by its stem, and longer ones
 * with one slip of the pen behind their first two letters. Pure. @param said - its words, in order
 */
export function standsIn(name: string, said: readonly Word[]): boolean {
  const wanted = wordsOf(name);
  if (wanted.length === 0) return false;
  return said.some((_, at) => wanted.every((word, more) => isLike(word, said[at + more])));
}

function isLike({ word, term }: Word, said: Word | undefined): boolean {
  if (said === undefined || term === said.term) return said !== undefined;
  const [shorter, longer] = [word.length, said.word.length].sort((a, b) => a - b) as [number, number];
  if (shorter < leastFuzzy.shorter || longer < leastFuzzy.longer || longer - shorter > 1) return false;
  // Of the words themselves: stems are short, and like each other by chance.
  return word.slice(0, 2) === said.word.slice(0, 2) && isOneSlip(word, said.word);
}

/** One letter more, less or other, or two changed places. Pure. @source Damerau, A technique for computer detection, 1964 */
function isOneSlip(one: string, other: string): boolean {
  let at = 0;
  while (one[at] === other[at]) at += 1;
  const rest = (text: string, from: number) => text.slice(at + from);
  return (
    rest(one, 1) === rest(other, 1) ||
    rest(one, 1) === rest(other, 0) ||
    rest(one, 0) === rest(other, 1) ||
    (one[at] === other[at + 1] && one[at + 1] === other[at] && rest(one, 2) === rest(other, 2))
  );
}
