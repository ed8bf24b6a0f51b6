/**
 * - A glob means what a shell means by it, for the name of one file.
 * - No name makes a pattern hang.
 * - A glob that cannot be read is refused where the file is read.
 */
import { expect, test } from 'vitest';
import { globPattern } from '../../../schemas/glob-pattern.ts';
import { fileWhen } from '../../../schemas/trigger-kinds/file.ts';

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

test.each([
  ['[z-a].pdf', 'z-a'],
  ['{[9-0],b}', '9-0'],
  ['[!é-a]', 'é-a'],
])('fileWhen refuses %s, and takes it the right way round', (match, range) => {
  const faultOf = (glob: string) => fileWhen.safeParse({ file: { path: '/srv', match: glob } }).error?.issues[0];
  expect(faultOf(match)).toMatchObject({
    path: ['file', 'match'],
    message: `is no glob: it has a range that runs backwards: ${range}`,
  });
  expect(faultOf(match.replace(range, [...range].reverse().join('')))).toBeUndefined();
});
