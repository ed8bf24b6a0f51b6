import type { Remembered } from '../../../schemas/recall.ts';
import { termsOf } from './terms-of.ts';

/** In which memories a term stands, and how often in each. */
interface Posting {
  readonly docs: readonly number[];
  readonly times: readonly number[];
}

/** All that is looked through for one person, in memory and nowhere else. */
export interface LexicalIndex {
  readonly memories: readonly Remembered[];
  /** Terms of each, and how many. */
  readonly terms: readonly ReadonlyMap<string, number>[];
  readonly lengths: readonly number[];
  readonly averageLength: number;
  readonly postings: ReadonlyMap<string, Posting>;
  /** Of each: a number that those of its thread share. */
  readonly threads: Int32Array;
  /** Of each: 1 where it is a question. */
  readonly questions: Uint8Array;
  /** By a term of a date, such as a month: which memories are of then. */
  readonly dated: ReadonlyMap<string, readonly number[]>;
  /** Everyone who says something, in lower case. */
  readonly speakers: ReadonlySet<string>;
}

/** Makes one. Pure. @param memories - those of a thread one after another, in the order in which they were said */
export function makeLexicalIndex(memories: readonly Remembered[]): LexicalIndex {
  const postings = new Map<string, { docs: number[]; times: number[] }>();
  const dated = new Map<string, number[]>();
  const terms = memories.map(({ text }) => countsOf(termsOf(text)));
  const lengths = terms.map((counts) => [...counts.values()].reduce((sum, times) => sum + times, 0));
  for (const [doc, counts] of terms.entries()) {
    for (const [term, times] of counts) {
      const known = postings.get(term) ?? { docs: [], times: [] };
      if (known.docs.length === 0) postings.set(term, known);
      known.docs.push(doc);
      known.times.push(times);
    }
    const { at } = memories[doc]!;
    for (const term of at === undefined ? [] : dateTerms(at)) push(dated, term, doc);
  }
  const speakers = new Set(memories.flatMap(({ speaker }) => speaker?.toLowerCase() ?? []));
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  const numbers = new Map<string, number>();
  const threads = Int32Array.from(memories, ({ thread }) => {
    const number = numbers.get(thread) ?? numbers.size;
    numbers.set(thread, number);
    return number;
  });
  const questions = Uint8Array.from(memories, ({ text }) => (/[?？]\s*$/.test(text) ? 1 : 0));
  return { memories, terms, lengths, averageLength, postings, threads, questions, dated, speakers };
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

function countsOf(terms: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

const months = ['en', 'de'].map((language) =>
  Array.from({ length: 12 }, (_, month) =>
    new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month)),
  ),
);

/** How a day is named in a question: its number, its month, its year. */
function dateTerms(at: Date): ReadonlySet<string> {
  const named = months.map((names) => names[at.getUTCMonth()]);
  return new Set(termsOf([at.getUTCDate(), ...named, at.getUTCFullYear()].join(' ')));
}
