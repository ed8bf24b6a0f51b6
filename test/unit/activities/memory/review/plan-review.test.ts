/**
 * - What is said twice goes for what was said first, pinned or by the owner; what only sounds alike stays.
 * - What a model wanted kept goes where the owner says otherwise or nobody asks; what the owner told stays.
 * - No night changes more than a quarter, and the same memory gives the same plan.
 */
import { expect, test } from 'vitest';
import { planReview } from '../../../../../activities/memory/review/plan-review.ts';
import { instanceFile } from '../../../../../schemas/instance-file.ts';
import type { Fact } from '../../../../../schemas/memory.ts';
import type { FactUse } from '../../../../../schemas/memory-review.ts';

const settings = instanceFile.parse({}).memory;
const now = Date.parse('2026-11-27T12:00:00Z');
const dayMs = 86_400_000;
let made = 0;
const fact = (text: string, more: Partial<Fact> = {}): Fact => {
  made += 1;
  const since = new Date(now - 100 * dayMs + made * 1_000);
  return {
    ...{ factId: `fct_${made}`, version: 1, change: 'stated', text, kind: 'fact', names: [], scopes: [], joins: [] },
    ...{ pinned: false, origin: 'owner', source: { channel: 'api' }, localOnly: false, recordedAt: since, since },
    ...more,
  };
};
/** Enough beside what a test is about that its changes fit into a quarter. */
const filler = Array.from({ length: 40 }, (_, at) => fact(`Filler number ${at} stands here`));
const plan = (facts: readonly Fact[], uses: readonly FactUse[] = [], more = {}) =>
  planReview({ facts: [...filler, ...facts], aside: [], uses, now, zone: 'UTC', settings, ...more });

test('what is said twice is put aside for what was said first', () => {
  const [first, same, other] = [
    fact('My desk is white.'),
    fact('my desk  is WHITE'),
    fact('My desk is white', { scopes: ['work'] }),
  ];
  expect(plan([first, same, other]).merged).toEqual([{ factId: same.factId, into: first.factId }]);
  // What is pinned, and what the owner told, stays whenever it was said.
  const [byModel, own, pinned] = [
    fact('I like tea', { origin: 'agent' }),
    fact('I like tea'),
    fact('I like tea', { pinned: true }),
  ];
  expect(plan([byModel, own]).merged).toEqual([{ factId: byModel.factId, into: own.factId }]);
  expect(plan([byModel, own, pinned]).merged.map(({ into }) => into)).toEqual([pinned.factId, pinned.factId]);
  // What must not leave is not the same as what may.
  expect(plan([fact('I like tea'), fact('I like tea', { localOnly: true })]).merged).toEqual([]);
});

test('two of the owner that contradict stay and are put to them; what a model wanted kept gives way', () => {
  const [white, black] = [fact('My desk is white'), fact('My desk is black')];
  expect(plan([white, black])).toMatchObject({
    against: [{ factId: black.factId, other: white.factId }],
    archived: [],
  });
  const guessed = fact('My desk is green', { origin: 'agent' });
  expect(plan([guessed, white])).toMatchObject({
    against: [],
    archived: [{ factId: guessed.factId, why: 'overruled' }],
  });
  // Elsewhere it may be otherwise.
  const [home, work] = [fact('My desk is white', { scopes: ['home'] }), fact('My desk is black', { scopes: ['work'] })];
  expect(plan([home, work]).against).toEqual([]);
});

test('what a model wanted kept fades where nobody asks for it; what was told, pinned or used does not', () => {
  const old = (text: string, more: Partial<Fact> = {}) => fact(text, { origin: 'agent', ...more });
  const [faded, used, pinned] = [old('Likes rain'), old('Likes snow'), old('Likes hail', { pinned: true })];
  const uses = Array.from({ length: 100 }, (_, day) => ({ factId: used.factId, at: now - day * dayMs, asked: 'q' }));
  expect(plan([faded, used, pinned, fact('I like sun')], uses).archived).toEqual([
    { factId: faded.factId, why: 'faded' },
  ]);
  expect(plan([old('Likes fog', { since: new Date(now - 2 * dayMs) })]).archived).toEqual([]);
});

test('what a person took up again is left alone', () => {
  const back = { change: 'restored' as const, origin: 'agent' as const };
  const [first, again] = [fact('My desk is white'), fact('My desk is white', { ...back })];
  expect(plan([first, again])).toMatchObject({ merged: [], archived: [] });
  expect(plan([first, fact('My desk is green', back), fact('Likes rain', back)])).toMatchObject({ archived: [] });
});

test('what several questions found on several days is promoted', () => {
  const one = fact('My bank is in Bern');
  const use = (asked: string, day: number) => ({ factId: one.factId, at: now - day * dayMs, asked });
  expect(plan([one], [use('a', 1), use('b', 2), use('c', 2)]).promoted).toEqual([one.factId]);
  expect(plan([one], [use('a', 1), use('a', 2), use('b', 2)]).promoted).toEqual([]);
  expect(plan([one], [use('a', 1), use('b', 1), use('c', 1)]).promoted).toEqual([]);
});

test('no night changes more than a quarter, and says what is left', () => {
  const twice = Array.from({ length: 40 }, (_, at) => fact(`Filler number ${at} stands here`));
  const found = plan(twice);
  expect(found.merged).toHaveLength(20);
  expect(found.left).toBe(20);
  expect(plan(twice)).toEqual(found);
});

test('what lies aside is erased only where the file says after how long', () => {
  const { factId, ...rest } = fact('Old');
  const aside = [{ ...rest, factId, change: 'archived' as const, recordedAt: new Date(now - 50 * dayMs) }];
  expect(plan([], [], { aside }).erased).toEqual([]);
  expect(plan([], [], { aside, settings: { ...settings, eraseArchivedAfter: 60 * dayMs } }).erased).toEqual([]);
  expect(plan([], [], { aside, settings: { ...settings, eraseArchivedAfter: 40 * dayMs } }).erased).toEqual([factId]);
});
