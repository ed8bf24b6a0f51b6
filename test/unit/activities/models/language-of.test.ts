import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { languageOf } from '../../../../activities/models/pipeline/language-of.ts';

test.each([
  ['What is on my calendar for tomorrow?', 'en'],
  ['Wie wird das Wetter morgen in Köln?', 'de'],
  ['明天下午有什么安排？', 'zh'],
  ['把 README 翻译成中文', 'zh'],
  ['明日の予定を教えてください', undefined],
  ['Quel temps fera-t-il demain ?', undefined],
  ['/report', undefined],
  ['', undefined],
])('%s is taken for %s', (text, language) => {
  expect(languageOf(text)).toBe(language);
});

test('of the utterances of the bench few are taken for another language, and most for their own', () => {
  const root = new URL('../../../../bench/intents/', import.meta.url);
  for (const language of ['en', 'de', 'zh'] as const) {
    const lines = readFileSync(new URL(`${language}.tsv`, root), 'utf8').split('\n');
    const texts = lines.flatMap((line) => line.split('\t')[1] ?? []);
    const taken = texts.map(languageOf);
    expect(texts.length).toBeGreaterThan(150);
    const wrong = taken.filter((one) => one !== undefined && one !== language).length;
    expect({ language, wrong: wrong / texts.length < 0.03 }).toEqual({ language, wrong: true });
    const own = taken.filter((one) => one === language).length;
    expect({ language, own: own / texts.length > 0.6 }).toEqual({ language, own: true });
  }
});
