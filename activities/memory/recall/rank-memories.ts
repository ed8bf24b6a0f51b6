import type { RecallHit } from '../../../schemas/recall.ts';
import type { LexicalIndex } from './lexical-index.ts';
import { termsOf } from './terms-of.ts';

/**
 * What a memory is worth for a question. Tuned on the dev half of LoCoMo (`npm run bench:recall`), and few enough that
 * they say something of conversations that nobody has seen.
 */
export const tuning = {
  /** How soon more of a term says no more, and how much a long text is held against it. @source Robertson and Zaragoza, BM25, 2009 */
  saturation: 1.2,
  length: 0.4,
  /** What a turn has of a term that stands one, two or three turns before it, and behind it: an answer follows its question. */
  before: [0.7, 0.4, 0.15],
  behind: [0.5, 0.2, 0.15],
  /** Of whoever the question names. */
  speaker: 1.8,
  /** Of a day, month or year that the question names, in parts of the term's weight. */
  date: 0.5,
  /** A question says less than its answer. */
  question: 0.85,
  /** Terms of what was found first, looked for once more. @source Lavrenko and Croft, relevance models, 2001 */
  expandBy: 20,
  expandFrom: 5,
  expandWeight: 0.3,
} as const;

/** Looks for what answers a question, best first. Pure. @param limit - most hits */
export function rankMemories(index: LexicalIndex, question: string, limit: number): RecallHit[] {
  const { named, by } = speakersIn(index, question);
  // Others speak of whoever is named, too: a name says whose turn it is.
  const names = new Set([...index.speakers, ...by].flatMap(termsOf));
  const asked = new Map(termsOf(question).flatMap((term) => (names.has(term) ? [] : [[term, 1] as const])));
  const first = scoresOf(index, asked, named);
  const top = bestOf(first, tuning.expandFrom);
  const scores = top.length === 0 ? first : scoresOf(index, expanded(index, asked, names, first, top), named);
  // What was found first says what matters of what was asked, and nothing beside it.
  for (let doc = 0; doc < first.length; doc += 1) if (first[doc] === 0) scores[doc] = 0;
  return bestOf(scores, limit).map((doc) => {
    const { id } = index.memories[doc]!;
    return { id, score: scores[doc]!, why: whyOf(index, doc, asked, named) };
  });
}

/** Whoever a question names, by a whole name or a short one of at least three letters, and by which words. */
function speakersIn({ speakers }: LexicalIndex, question: string) {
  const words = question.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
  const names = (word: string) => [...speakers].filter((speaker) => speaker.startsWith(word));
  return { named: new Set(words.flatMap(names)), by: words.filter((word) => names(word).length > 0) };
}

const weightOf = ({ postings, memories }: LexicalIndex, term: string): number => {
  const found = postings.get(term)?.docs.length ?? 0;
  return Math.log(1 + (memories.length - found + 0.5) / (found + 0.5));
};

function scoresOf(
  index: LexicalIndex,
  terms: ReadonlyMap<string, number>,
  named: ReadonlySet<string>,
): Float64Array<ArrayBuffer> {
  const { memories, lengths, averageLength, postings, threads, questions, dated } = index;
  const { saturation, length, before, behind } = tuning;
  const scores = new Float64Array(memories.length);
  const ofTerm = new Float64Array(memories.length);
  const touched: number[] = [];
  // The best of what stands near it: ten turns with a word say it no louder than one.
  const hear = (doc: number, value: number): void => {
    if (ofTerm[doc] === 0) touched.push(doc);
    if (value > ofTerm[doc]!) ofTerm[doc] = value;
  };
  for (const [term, share] of terms) {
    const weight = weightOf(index, term) * share;
    const { docs, times: counts } = postings.get(term) ?? { docs: [], times: [] };
    // Whoever has told a hundred thousand things has all of them gone through: no iterators here.
    for (let at = 0; at < docs.length; at += 1) {
      const [doc, times] = [docs[at]!, counts[at]!];
      const held = saturation * (1 - length + (length * lengths[doc]!) / averageLength);
      const value = (weight * times * (saturation + 1)) / (times + held);
      const thread = threads[doc];
      hear(doc, value);
      for (let off = 0; off < before.length; off += 1)
        if (threads[doc + off + 1] === thread) hear(doc + off + 1, value * before[off]!);
      for (let off = 0; off < behind.length; off += 1)
        if (threads[doc - off - 1] === thread) hear(doc - off - 1, value * behind[off]!);
    }
    for (const doc of touched) {
      scores[doc]! += ofTerm[doc]!;
      ofTerm[doc] = 0;
    }
    touched.length = 0;
    for (const doc of dated.get(term) ?? []) scores[doc]! += tuning.date * weight;
  }
  for (let doc = 0; doc < scores.length; doc += 1) {
    if (scores[doc] === 0) continue;
    if (named.size === 1 && named.has(memories[doc]!.speaker?.toLowerCase() ?? '')) scores[doc]! *= tuning.speaker;
    if (questions[doc] === 1) scores[doc]! *= tuning.question;
  }
  return scores;
}

/** A memory and what stands beside it in its thread. */
function nearTo({ threads }: LexicalIndex, doc: number): number[] {
  const { before, behind } = tuning;
  const near = [...before.map((_, at) => doc + at + 1), ...behind.map((_, at) => doc - at - 1)];
  return [doc, ...near.filter((other) => threads[other] === threads[doc])];
}

/** The terms asked for, and those that what was found first is about. */
function expanded(
  index: LexicalIndex,
  asked: ReadonlyMap<string, number>,
  names: ReadonlySet<string>,
  scores: Float64Array,
  top: readonly number[],
): ReadonlyMap<string, number> {
  const total = top.reduce((sum, doc) => sum + scores[doc]!, 0);
  const about = new Map<string, number>();
  for (const doc of top)
    for (const [term, times] of index.terms[doc]!) {
      if (names.has(term)) continue;
      const more = (scores[doc]! / total) * Math.min(times, 2) * weightOf(index, term);
      about.set(term, (about.get(term) ?? 0) + more);
    }
  const best = [...about].sort(([, a], [, b]) => b - a).slice(0, tuning.expandBy);
  const most = best[0]?.[1] ?? 1;
  const all = new Map(asked);
  for (const [term, value] of best) all.set(term, (all.get(term) ?? 0) + (tuning.expandWeight * value) / most);
  return all;
}

/** Those with the highest scores, none without one. Of equal ones the first. */
function bestOf(scores: Float64Array, count: number): number[] {
  const best: number[] = [];
  for (let doc = 0; doc < scores.length; doc += 1) {
    const score = scores[doc]!;
    if (score === 0 || (best.length === count && score <= scores[best.at(-1)!]!)) continue;
    let at = best.length;
    while (at > 0 && scores[best[at - 1]!]! < score) at -= 1;
    best.splice(at, 0, doc);
    if (best.length > count) best.pop();
  }
  return best;
}

function whyOf(
  index: LexicalIndex,
  doc: number,
  asked: ReadonlyMap<string, number>,
  named: ReadonlySet<string>,
): readonly string[] {
  const own = [...asked.keys()].filter((term) => index.terms[doc]!.has(term));
  const beside = [...asked.keys()].filter(
    (term) => !own.includes(term) && [...nearTo(index, doc)].some((near) => index.terms[near]!.has(term)),
  );
  const ofThen = [...asked.keys()].filter((term) => index.dated.get(term)?.includes(doc));
  const { speaker } = index.memories[doc]!;
  return [
    ...(own.length === 0 ? [] : [`it says ${own.join(', ')}`]),
    ...(beside.length === 0 ? [] : [`beside it stands ${beside.join(', ')}`]),
    ...(ofThen.length === 0 ? [] : [`it is of ${ofThen.join(', ')}`]),
    ...(speaker !== undefined && named.has(speaker.toLowerCase()) ? [`${speaker} said it`] : []),
  ];
}
