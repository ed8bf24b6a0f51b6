/**
 * - A glob means what a shell means by it, for the name of one file.
 * - No name makes a pattern hang.
 */
import { expect, test } from 'vitest';
import { globPattern } from '../../../../workers/file-watches/glob-pattern.ts';

test.each([
  ['*.pdf', ['a.pdf', '.pdf', 'a b.pdf', 'ü.pdf', 'a\nb.pdf'], ['a.PDF', 'a.pdf~', 'apdf']],
  ['scan-??.png', ['scan-01.png', 'scan-ü1.png'], ['scan-1.png', 'scan-001.png']],
  ['[a-c]x', ['ax', 'cx'], ['dx', 'x', 'aax']],
  ['[!a-c]x', ['dx'], ['ax']],
  ['{in,out}*.{csv,tsv}', ['in.csv', 'out1.tsv'], ['on.csv', 'in.txt']],
  ['a.b+c(d)|e$', ['a.b+c(d)|e$'], ['aXb+c(d)|e$']],
  ['a[b', ['a[b'], ['ab']],
  ['a{b', ['a{b'], ['ab']],
  ['\\*', ['*'], ['a']],
])('globPattern("%s") fits %j and not %j', (glob, fits, others) => {
  const counts = globPattern(glob);
  expect(fits.filter((name) => !counts(name))).toEqual([]);
  expect(others.filter(counts)).toEqual([]);
});

test('globPattern() ends on a name that makes other engines hang', () => {
  const counts = globPattern(`${'*a'.repeat(60)}b`);
  expect(counts('a'.repeat(255))).toBe(false);
  expect(counts(`${'a'.repeat(254)}b`)).toBe(true);
});
