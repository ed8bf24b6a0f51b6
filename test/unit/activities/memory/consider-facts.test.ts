/**
 * - What is named is thought of, through other endings and one slip of the pen; what only sounds like it is not.
 * - What is pinned and what holds always is thought of where it holds; open questions are kept apart; no fact stands twice.
 */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { considerFacts } from '../../../../activities/memory/consider-facts.ts';
import { standsIn } from '../../../../activities/memory/match-names.ts';
import { wordsOf } from '../../../../activities/memory/recall/terms-of.ts';
import { factKinds } from '../../../../schemas/fact-kinds.ts';
import type { Fact } from '../../../../schemas/memory.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const at = new Date('2026-11-27T08:00:00Z');
const fact = (factId: string, more: Partial<Fact> = {}): Fact => ({
  ...{ factId, version: 1, change: 'stated', origin: 'owner', source: { channel: 'cli' }, localOnly: false },
  ...{ recordedAt: at, since: at, text: `About ${factId}.`, kind: 'fact', names: [factId], scopes: [] },
  ...{ pinned: false, joins: [], ...more },
});
const consider = (facts: readonly Fact[], said: string, more: object = {}) => {
  const all = considerFacts(new Map(facts.map((one) => [one.factId, one])), { said, most: 12, ...more });
  const ids = (some: readonly Fact[]) => some.map(({ factId }) => factId).sort();
  return { always: ids(all.always), pinned: ids(all.pinned), named: ids(all.named), questions: ids(all.questions) };
};

test.each([
  ['dead letter', 'what becomes of dead letters?', true],
  ['dead letter', 'the letter was dead', false],
  ['TypeScript', 'how do I set up typscript?', true],
  ['TypeScript', 'typsecript again', true],
  ['mongo', 'mango juice', false],
  ['k8s', 'k9s pods', false],
  ['jest', 'it is just so', false],
  ['compose', 'our components', false],
  ['error', 'two errors', true],
  ['项目', '这个项目怎么样', true],
  ['the', 'the end', false],
])('the name %s in “%s”: %s', (name, said, stands) => {
  expect(standsIn(name, wordsOf(said))).toBe(stands);
});

test('what is named is thought of; by its own names, or by what its sentence says something of', () => {
  const facts = [
    fact('redis', { names: ['Redis', 'cache'] }),
    fact('colour', { names: [], text: 'My favourite colour is green.' }),
    fact('plain', { names: [], text: 'Green is on the wall.' }),
  ];
  expect(consider(facts, 'What is our cache?').named).toEqual(['redis']);
  expect(consider(facts, 'Which is my favourite colour?').named).toEqual(['colour']);
  expect(consider(facts, 'green').named).toEqual([]);
  expect(consider(facts, '').named).toEqual([]);
});

test('facts hold in their scopes, those without everywhere, and what must not leave does not', () => {
  const facts = [
    fact('one', { names: ['redis'], scopes: ['code'] }),
    fact('two', { names: ['redis'], scopes: ['novel'] }),
    fact('three', { names: ['redis'], localOnly: true }),
  ];
  expect(consider(facts, 'redis', { scopes: ['code'] }).named).toEqual(['one', 'three']);
  expect(consider(facts, 'redis', { scopes: ['code', 'novel'], leaves: true }).named).toEqual(['one', 'two']);
  expect(consider(facts, 'redis').named).toEqual(['one', 'three', 'two']);
});

test('preferences of everywhere hold always, what is pinned where it holds, and both before what is named', () => {
  const facts = [
    fact('short', { kind: 'preference', names: ['answers'] }),
    fact('db', { kind: 'decision', pinned: true, scopes: ['code'] }),
    fact('tea', { pinned: true }),
    fact('redis', { names: ['redis'] }),
  ];
  const expected = { always: ['short'], pinned: ['db', 'tea'], named: ['redis'], questions: [] };
  expect(consider(facts, 'redis and answers', { scopes: ['code'] })).toEqual(expected);
  expect(consider(facts, 'redis', { scopes: ['code'], most: 2 })).toMatchObject({ pinned: ['db', 'tea'], named: [] });
  expect(consider(facts, 'redis', { scopes: ['home'], most: 0 })).toMatchObject({ pinned: [], named: [] });
});

test('an open question is one, pinned or named, and a relation brings what it joins', () => {
  const facts = [
    fact('auth', { kind: 'question', names: ['auth service'] }),
    fact('plan', { kind: 'question', pinned: true }),
    fact('link', { kind: 'relation', names: ['session backend'], joins: ['auth', 'store'] }),
    fact('store', { names: ['store'] }),
  ];
  expect(consider(facts, 'the session backend')).toEqual({
    ...{ always: [], pinned: [] },
    ...{ named: ['link', 'store'], questions: ['auth', 'plan'] },
  });
});

test('no fact stands twice, and none of another scope or that must not leave stands at all', () => {
  const scope = fc.constantFrom<string>('a', 'b', 'c');
  const one = fc.record({
    kind: fc.constantFrom(...factKinds),
    names: fc.array(fc.constantFrom('red', 'green', 'blue'), { maxLength: 2 }),
    scopes: fc.uniqueArray(scope, { maxLength: 2 }),
    ...{ pinned: fc.boolean(), localOnly: fc.boolean() },
    joins: fc.array(fc.constantFrom('f0', 'f1', 'f2', 'f3'), { maxLength: 2 }),
  });
  const property = fc.property(
    fc.array(one, { maxLength: 8 }),
    fc.uniqueArray(scope),
    fc.nat(6),
    (all, scopes, most) => {
      const facts = all.map((more, nth) => fact(`f${nth}`, more));
      const { always, pinned, named, questions } = considerFacts(new Map(facts.map((each) => [each.factId, each])), {
        ...{ said: 'red blue', scopes, most, leaves: true },
      });
      const shown = [...always, ...pinned, ...named, ...questions];
      expect(new Set(shown.map(({ factId }) => factId)).size).toBe(shown.length);
      expect(shown.every((each) => !each.localOnly)).toBe(true);
      const holds = (each: Fact) => each.scopes.length === 0 || each.scopes.some((held) => scopes.includes(held));
      expect(shown.every(holds)).toBe(true);
      expect(pinned.length + named.length).toBeLessThanOrEqual(most);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

test('of the cases that others wrote for it, as many pass as were measured, without one leak', ({ skip }) => {
  const data = `${root}/../shared/data/memory/precisionmembench`;
  if (!existsSync(data)) return skip('PrecisionMemBench is not beside the project');
  const out = execFileSync(process.execPath, ['bench/measure-precision.ts', '--data', data, '--json'], {
    ...{ cwd: root, encoding: 'utf8' },
  });
  const { passed, of, leaks } = JSON.parse(out) as { passed: number; of: number; leaks: number };
  expect({ enough: passed >= 76, of, leaks }).toEqual({ enough: true, of: 77, leaks: 0 });
}, 60_000);
