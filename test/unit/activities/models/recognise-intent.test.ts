// What is wanted is found by rules, in three languages, on utterances that the rules were not made with.
import { expect, test } from 'vitest';
import { recogniseIntent } from '../../../../activities/models/pipeline/recognise-intent.ts';
import { languages, utterances } from '../../../../bench/measure-intents.ts';

test.each(languages)('recogniseIntent() is right on nine of ten of what was held back in %s', (language) => {
  const held = utterances(language, true);
  expect(held.length).toBeGreaterThan(100);
  const wrong = held.filter(({ intent, text }) => recogniseIntent(text).intent !== intent);
  expect(wrong.length / held.length).toBeLessThan(0.1);
});

test.each([
  ['/run digest', 'command', 'it begins with a slash'],
  ['Wie schreibt man das?', 'question', 'it asks something'],
  ['Bitte schreib Bob', 'write', 'it says “schreib”'],
  ['hmm', 'question', 'no rule fits'],
  ['', 'question', 'no rule fits'],
])('recogniseIntent() takes %j for %s, since %s', (said, intent, why) => {
  expect(recogniseIntent(said)).toMatchObject({ intent, why });
});

test('recogniseIntent() looks at the beginning of a long text only, whatever it is made of', () => {
  for (const part of ['find all ', 'zieh ', 'in a', '把里', '\u0000', 'write list '])
    expect(recogniseIntent(`${' '.repeat(500)}${part.repeat(100_000)}`)).toMatchObject({ by: 'default' });
});
