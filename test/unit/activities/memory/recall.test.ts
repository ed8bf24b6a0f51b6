/** What answers a question is found by words, by what stands beside it, by who said it and when; the reason is said. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { makeLexicalIndex } from '../../../../activities/memory/recall/lexical-index.ts';
import { rankMemories } from '../../../../activities/memory/recall/rank-memories.ts';
import { termsOf } from '../../../../activities/memory/recall/terms-of.ts';
import type { Remembered } from '../../../../schemas/recall.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const one = (id: string, text: string, more: Partial<Remembered> = {}): Remembered => ({
  id,
  text,
  thread: id,
  ...more,
});
const find = (memories: readonly Remembered[], question: string) =>
  rankMemories(makeLexicalIndex(memories), question, 10);

test.each([
  ['She painted sunrises', ['paint', 'sunris']],
  ['Über die Übungen', ['ubungen']],
  ['明天开会', ['明天', '天开', '开会']],
  ["Ann's café", ['ann', 'cafe']],
  ['the of and', []],
])('the terms of “%s” are %j', (text, terms) => {
  expect(termsOf(text)).toEqual(terms);
});

test('words are found by their stems, rare ones first, and nothing that has none of them', () => {
  const memories = [
    one('a', 'We camped at the lake.'),
    one('b', 'The lake was cold and the lake was blue.'),
    one('c', 'Camping needs a tent.'),
    one('d', 'Dinner is at eight.'),
  ];
  expect(find(memories, 'Where did we go camping at a lake?')[0]).toMatchObject({
    id: 'a',
    why: ['it says camp, lake'],
  });
  expect(find(memories, 'camping').map(({ id }) => id)).not.toContain('d');
  expect(find(memories, 'zebra')).toEqual([]);
  expect(find([], 'anything')).toEqual([]);
});

test('an answer is found by the question before it, within its thread only', () => {
  const talk = (thread: string, answer: string) => [
    one(`${thread}1`, 'What does your passport say?', { thread }),
    one(`${thread}2`, answer, { thread }),
  ];
  const hits = find([...talk('x', 'Portugal.'), one('y', 'Portugal again.')], 'passport');
  expect(hits.map(({ id }) => id)).toEqual(['x1', 'x2']);
  expect(hits[1]!.why).toEqual(['beside it stands passport']);
});

test('whoever is named is heard first, and a name is no word to look for', () => {
  const memories = [
    one('a', 'I bought a piano, Mel.', { speaker: 'Caroline' }),
    one('b', 'I bought a piano.', { speaker: 'Melanie' }),
    one('c', 'Mel, Mel, Melanie!', { speaker: 'Caroline' }),
  ];
  const hits = find(memories, 'What did Mel buy, a piano?');
  expect(hits.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(hits[0]!.why).toContain('Melanie said it');
});

test('a day that is named counts, in English and German', () => {
  const on = (id: string, day: string) => one(id, 'We met the architect.', { at: new Date(`${day}T10:00:00Z`) });
  const memories = [on('may', '2026-05-08'), on('june', '2026-06-09'), on('march', '2026-03-08')];
  expect(find(memories, 'When in June did we meet the architect?')[0]!.id).toBe('june');
  const [hit] = find(memories, 'Was war im März mit dem architect?');
  expect(hit).toMatchObject({ id: 'march', why: ['it says architect', 'it is of marz'] });
});

test('a hostile text costs no more than its length', () => {
  const long = `${'a '.repeat(20_000)}${'?'.repeat(20_000)}x`;
  const memories = [one('a', long), one('b', 'The tent is green.')];
  expect(find(memories, `tent ${long}`)[0]!.id).toBe('b');
});

test('recall on conversations that nobody wrote for it keeps to what was measured', ({ skip }) => {
  const data = `${root}/../shared/data/memory/locomo-dev/locomo5.json`;
  if (!existsSync(data)) return skip('there are no conversations of LoCoMo beside the project');
  const measure = (...more: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, ['bench/measure-recall.ts', '--data', data, '--json', ...more], {
        cwd: root,
        encoding: 'utf8',
      }),
    ) as Record<string, number>;
  expect(measure()['recall@10']).toBeGreaterThan(0.8);
  expect(measure('--pooled')['recall@10']).toBeGreaterThan(0.72);
}, 120_000);
