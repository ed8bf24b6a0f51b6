// Policy: an answer in docs/what-happens-if.md is proved by tests that exist.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { listSources } from '../../../checks/read-exports.ts';

const root = resolve(import.meta.dirname, '../../..');

test('docs/what-happens-if.md names only tests that exist, and one at least in each answer', () => {
  const page = readFileSync(join(root, 'docs/what-happens-if.md'), 'utf8');
  const tests = listSources(root, 'test')
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const named = [...page.matchAll(/^- Test: `(.*)`$/gm)].map(([, name = '']) => name);
  expect(named.filter((name) => !tests.includes(`'${name}'`))).toEqual([]);
  for (const answer of page.split(/^## /m).slice(1)) expect(answer).toMatch(/^- Test: `|^Nobody proves this yet/m);
});
