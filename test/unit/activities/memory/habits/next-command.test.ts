/**
 * - What follows what is learned as it is done, the person's own first, and what others did where they did nothing yet.
 * - The same happenings give the same guesses, and what is older counts less.
 */
import { expect, test } from 'vitest';
import { fadingCounts } from '../../../../../activities/memory/habits/fading-counts.ts';
import { nextCommand, sharedHabits } from '../../../../../activities/memory/habits/next-command.ts';
import type { Happening } from '../../../../../schemas/habits.ts';

let clock = 0;
const done = (name: string): Happening => {
  clock += 60_000;
  return { at: clock, name, line: name, place: 'api' };
};
const learned = (names: readonly string[], shared = sharedHabits()) => {
  const next = nextCommand(shared);
  for (const name of names) next.learn(done(name));
  return next;
};
const cycle = (times: number) => Array.from({ length: times }, () => ['/status', '/runs', '/report']).flat();

test('guess() names what has come after this before, and how likely it is', () => {
  const guesses = learned([...cycle(20), '/status']).guess(clock + 60_000, 3);
  expect(guesses[0]!.name).toBe('/runs');
  expect(guesses[0]!.likely).toBeGreaterThan(0.7);
  expect(guesses.reduce((sum, { likely }) => sum + likely, 0)).toBeLessThanOrEqual(1.000001);
  expect(learned([]).guess(clock, 3)).toEqual([]);
});

test('guess() follows a change of habit', () => {
  const next = learned([...cycle(30), ...Array.from({ length: 25 }, () => ['/status', '/digest']).flat(), '/status']);
  expect(next.guess(clock + 60_000, 1)[0]!.name).toBe('/digest');
});

test('guess() knows from others what one has never done, and one does not know what others do elsewhere', () => {
  const shared = sharedHabits();
  learned(cycle(20), shared);
  const fresh = nextCommand(shared);
  fresh.learn(done('/status'));
  expect(fresh.guess(clock + 60_000, 1)[0]!.name).toBe('/runs');
  const apart = nextCommand();
  apart.learn(done('/status'));
  expect(apart.guess(clock + 60_000, 5).map(({ name }) => name)).toEqual(['/status']);
});

test('guess() gives the same for the same happenings', () => {
  const all = cycle(15).map((name, at) => ({ at: at * 60_000, name, line: name, place: 'api' }));
  const guesses = [1, 2].map(() => {
    const next = nextCommand();
    for (const one of all) next.learn(one);
    return next.guess(all.length * 60_000, 5);
  });
  expect(guesses[0]).toEqual(guesses[1]);
});

test('fadingCounts() counts what is newest most, and forgets what was done once long ago', () => {
  const counts = fadingCounts(0.5);
  counts.add('a', 'once');
  for (let at = 0; at < 20; at += 1) counts.add('a', 'often');
  const { of, total, seen } = counts.after('a')!;
  expect([...of.keys()]).toEqual(['often']);
  expect(total).toBeCloseTo(2, 3);
  expect(seen).toBe(21);
  expect(counts.after('b')).toBeUndefined();
});
