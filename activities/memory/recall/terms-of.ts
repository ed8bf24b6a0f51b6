import { stemmer } from 'stemmer';

/** Words that say nothing of what a text is about, in English and German. */
const stopwords = new Set(
  `a about after all also am an and any are as at be because been before being but by can could did do does doing don for
  from get got had has have having he her here hers him his how i if in into is it its just let ll me more most my no nor
  not now of off on once only or other our out over own re s same she should so some such t than that the their them then
  there these they this those through to too under until up us very ve was we were what when where which while who whom why
  will with would you your yours
  aber als am an auch auf aus bei bin bis da das dass dein dem den denn der des die dir doch du ein eine einem einen einer es
  für hat habe haben ich ihm ihn ihr im in ist ja kann mein mich mir mit nach nicht noch nur ob oder sein sich sie sind so
  über um und uns von vor war was wenn wer wie wir wird wo zu zum zur`.split(/\s+/),
);

const words = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu;
const han = /\p{Script=Han}/u;
const stems = new Map<string, string>();

/**
 * The terms of a text: words without their endings, of Chinese each two neighbouring characters. Pure.
 *
 * @source Porter, An algorithm for suffix stripping, 1980
 */
export const termsOf = (text: string): string[] => wordsOf(text).map(({ term }) => term);

/** The same with the word that each term was. Pure. */
export function wordsOf(text: string): { readonly word: string; readonly term: string }[] {
  const found: { word: string; term: string }[] = [];
  for (const [word] of text.normalize('NFKC').toLowerCase().matchAll(words)) {
    if (han.test(word)) {
      for (let at = 0; at < word.length - 1 || at === 0; at += 1) {
        const term = word.slice(at, at + 2);
        found.push({ word: term, term });
      }
      continue;
    }
    const plain = word.replace(/['’].*$/, '');
    if (stopwords.has(plain) || plain === '') continue;
    found.push({ word: plain, term: stemOf(plain) });
  }
  return found;
}

function stemOf(word: string): string {
  let stem = stems.get(word);
  if (stem === undefined) {
    stem = stemmer(word.normalize('NFD').replace(/\p{M}/gu, ''));
    // Words of a person are few; those of an attack are not kept for ever.
    if (stems.size > 50_000) stems.clear();
    stems.set(word, stem);
  }
  return stem;
}
