import type { MailSummary } from '../../schemas/digest.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import { limits } from '../../schemas/protocol.ts';
import { visibleLine } from '../../schemas/visible-text.ts';
import { ownWords } from '../own-words.ts';
import { withoutLinks } from '../without-links.ts';
import { findAsks } from './find-asks.ts';
import { findDue } from './find-due.ts';
import { splitSentences } from './split-sentences.ts';

/** Words too common to say what a text is about, English and German; other languages rely on the share rule below. */
const stopwords = new Set(
  `a about after all also an and any are as at be been but by can could did do for from get had has have he her him his
  how i if in into is it its just like me more my new no not now of on one or our out she should so some than that the
  their them then there these they this to up us was we were what when where which who will with would you your
  aber alle als am an auch auf aus bei bin bis bist da dann das dass dein dem den der des die diese dir doch du durch ein
  eine einem einen einer er es euch für haben hat hatte ich ihm ihn ihr im in ist ja kann kein mal man mein mich mir mit
  nach nicht noch nun nur ob oder sehr sein sich sie sind so über um und uns unser vom von vor war was weil wenn wer wie
  wir wird wurde zu zum zur`.split(/\s+/),
);

/** @source H. P. Luhn 1958: significant words further apart than this do not belong together. */
const clusterGap = 4;

/**
 * What a mail says, asks and by when, without a model: whole sentences of the mail, in its own words.
 *
 * Method: quotations, signature, greeting and closing come off; each sentence is scored by the densest cluster of
 * significant words (Luhn 1958), plus where it stands and how much of the subject it repeats (Edmundson 1969); the best
 * one or two are given in their order. `ask` is found by request and question cues, `due` by date expressions next to
 * deadline cues. English and German are known; other scripts are split by their own sentence enders.
 *
 * Pure: the same mail and time give the same summary. Linear, about 10 ms for `limits.mailTextChars` characters.
 *
 * @source H. P. Luhn, The automatic creation of literature abstracts, IBM Journal 2(2), 1958
 * @source H. P. Edmundson, New methods in automatic extracting, JACM 16(2), 1969
 */
export function summariseExtractive(mail: ParsedMail, options: { now?: Date } = {}): MailSummary {
  const sentences = splitSentences(ownWords(mail.text.slice(0, limits.mailTextChars)));
  const asks = findAsks(sentences);
  return {
    what: what(mail, withoutAsks(sentences, asks)),
    ask: joined(asks.slice(0, 2), 300),
    due: visibleLine(withoutLinks(findDue(asks, sentences, options.now)), 120),
  };
}

/** What is asked has its own line; it is said twice only where there is nothing else to say. */
function withoutAsks(sentences: readonly string[], asks: readonly string[]): readonly string[] {
  const rest = sentences.filter((sentence) => !asks.includes(sentence));
  return rest.length > 0 ? rest : sentences;
}

function what(mail: ParsedMail, sentences: readonly string[]): string {
  const scored = score(sentences, wordsOf(mail.subject));
  const best = [...scored.keys()].sort((a, b) => (scored[b] ?? 0) - (scored[a] ?? 0) || a - b);
  const first = best[0];
  if (first === undefined) return nothingToRead(mail);
  const second = best[1];
  const chosen = [first];
  // Two sentences only while they stay short: a digest is read at a glance.
  if (second !== undefined && (sentences[first]?.length ?? 0) + (sentences[second]?.length ?? 0) < 280) {
    chosen.push(second);
  }
  return joined(
    chosen.sort((a, b) => a - b).map((at) => sentences[at] ?? ''),
    400,
  );
}

function score(sentences: readonly string[], subject: readonly string[]): number[] {
  const words = sentences.map(wordsOf);
  const counts = new Map<string, number>();
  for (const inOne of words) for (const word of new Set(inOne)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const tooCommon = sentences.length > 6 ? sentences.length * 0.5 : Number.POSITIVE_INFINITY;
  const total = new Map<string, number>();
  for (const word of words.flat()) total.set(word, (total.get(word) ?? 0) + 1);
  const isSignificant = (word: string) =>
    word.length > 1 && (total.get(word) ?? 0) >= (sentences.length > 4 ? 2 : 1) && (counts.get(word) ?? 0) <= tooCommon;
  const titles = new Set(subject);

  return words.map((inOne, at) => {
    const overlap = titles.size === 0 ? 0 : new Set(inOne.filter((word) => titles.has(word))).size / titles.size;
    const lead = at === 0 ? 1.5 : at === 1 ? 0.8 : at < 4 ? 0.3 : 0;
    const length = sentences[at]?.length ?? 0;
    const shape = length < 15 ? -1.5 : length > 400 ? -1 : 0;
    return Math.log2(1 + densest(inOne, isSignificant)) + 2 * overlap + lead + shape;
  });
}

/** Luhn's measure: significant words squared over the length of the cluster that holds them. */
function densest(words: readonly string[], isSignificant: (word: string) => boolean): number {
  let best = 0;
  let start = -1;
  let last = -1;
  let hits = 0;
  for (const [at, word] of words.entries()) {
    if (!isSignificant(word)) continue;
    if (start < 0 || at - last > clusterGap) {
      start = at;
      hits = 0;
    }
    hits += 1;
    last = at;
    best = Math.max(best, hits ** 2 / (at - start + 1));
  }
  return best;
}

const wordPattern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu;

/** Words in lower case; scripts without blanks give pairs of characters. */
function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(wordPattern) ?? []).flatMap((word) => {
    if (!/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) {
      return stopwords.has(word) ? [] : [word];
    }
    const signs = [...word];
    return signs.length < 2 ? signs : signs.slice(1).map((sign, at) => `${signs[at]}${sign}`);
  });
}

const joined = (sentences: readonly string[], max: number) =>
  visibleLine(
    sentences
      .map((sentence) => withoutLinks(sentence))
      .reduce((text, next) => (/[。！？]$/u.test(text) ? text + next : `${text} ${next}`), ''),
    max,
  );

function nothingToRead(mail: ParsedMail): string {
  const names = mail.attachments.slice(0, 3).map((file) => visibleLine(file.filename, 60) || 'unnamed');
  if (names.length === 0) return 'No text in this mail.';
  const more = mail.attachments.length - names.length;
  return visibleLine(
    withoutLinks(`No text; attached: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`),
    400,
  );
}
