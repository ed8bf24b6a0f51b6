// Policy: what a folder gives to others is told in a sentence, and what it throws is in the table.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkDocs } from '../../../checks/check-docs.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'steward-docs-'));
  mkdirSync(join(root, 'store'));
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (text: string) => writeFileSync(join(root, 'store/a.ts'), text);

test('checkDocs() is quiet about a sentence with codes of the table, and about what is not exported', () => {
  write(
    '/**\n * Reads it. May be repeated.\n *\n * @throws notFound, storeBusy when it is away\n */\nexport async function a() {}\nfunction b() {}\nexport const limit = 3;\nvoid b;\n',
  );
  expect(checkDocs(root)).toEqual({ faults: [], exports: 2 });
});

test('checkDocs() names an export without a docstring by file and line', () => {
  write('export const limit = 3;\nexport const a = () => limit;\nexport class B {}\n');
  expect(checkDocs(root).faults).toEqual(['store/a.ts:2: a has no docstring', 'store/a.ts:3: B has no docstring']);
});

test('checkDocs() takes a comment of another declaration for none', () => {
  write('/** About the limit. */\nconst limit = 3;\nexport function a() { return limit; }\n');
  expect(checkDocs(root).faults).toEqual(['store/a.ts:3: a has no docstring']);
});

test('checkDocs() names a code that the table does not list', () => {
  write('/** Reads it. @throws notFound, mailLost when it is away */\nexport function a() {}\n');
  expect(checkDocs(root).faults).toEqual(['store/a.ts:2: a throws mailLost, which schemas/errors.ts does not list']);
});

test('checkDocs() names a docstring that is not a sentence', () => {
  write('/** reads */\nexport function a() {}\n');
  expect(checkDocs(root).faults).toEqual(['store/a.ts:2: a has a docstring that is not a sentence']);
});
