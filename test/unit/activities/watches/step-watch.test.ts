/**
 * - So many faults in a row, or n of the last m, make a fault; so many good answers in a row end it.
 * - What says nothing neither makes a fault nor ends one.
 * - A figure is over its line without a break for as long as the file says; nobody knows of a break while nobody looked.
 * - A watch that begins anew counts its changes on, since slot keys are for ever.
 */
import { expect, test } from 'vitest';
import type { Finding } from '../../../../activities/judge-answer.ts';
import { beginWatch, type Settle, stepWatch } from '../../../../activities/watches/step-watch.ts';
import type { WatchState } from '../../../../schemas/db/fires.ts';

const verdicts = { F: 'fault', g: 'well', '?': 'unknown' } as const;
const start = Date.parse('2026-03-01T06:00:00Z');
const finding = (sign: string): Finding => ({ verdict: verdicts[sign as 'F'], detail: sign, facts: {} });

/** Runs one look a sign, a minute apart. @returns F or g for where it stands after each */
function run(signs: string, settle: Settle, everyMs = 60_000): { stands: string; state: WatchState } {
  let at = start;
  let state = beginWatch(undefined, 'h', new Date(at));
  const stands = [...signs].map((sign) => {
    at += everyMs;
    state = stepWatch(state, finding(sign), settle, new Date(at));
    return state.faulty ? 'F' : 'g';
  });
  return { stands: stands.join(''), state };
}
const count = (n: number, of: number, recovers: number): Settle => ({
  ...{ kind: 'count', n, of, recovers },
  everyMs: 60_000,
});

test.each([
  ['FgFF', count(1, 1, 1), 'FgFF'],
  ['FFgFFFgg', count(3, 3, 1), 'gggggFgg'],
  ['F?F?F', count(3, 3, 1), 'ggggF'],
  ['FggFgF', count(3, 5, 1), 'gggggg'],
  ['FgFgF', count(3, 5, 1), 'ggggF'],
  ['FFFgFggg', count(2, 2, 3), 'gFFFFFFg'],
  ['FF?g?gg', count(2, 2, 2), 'gFFFFgg'],
  // Recovery begins the count anew: the two faults from before make none with the next.
  ['FFgggF', count(2, 5, 1), 'gFgggg'],
])('stepWatch() makes of %s by %o what the file says', (signs, settle, stands) => {
  expect(run(signs, settle).stands).toBe(stands);
});

test('stepWatch() counts each change and says since when', () => {
  const { state } = run('FFggF', count(1, 1, 1));
  expect(state).toMatchObject({ changes: 3, faulty: true, since: '2026-03-01T06:05:00.000Z', detail: 'F' });
  expect(state.recent).toEqual([]);
});

const time = (forMs: number): Settle => ({ kind: 'time', forMs, everyMs: 60_000 });

test.each([
  ['F', time(0), 'F'],
  ['FFFF', time(180_000), 'gggF'],
  ['FFgFFFF', time(180_000), 'ggggggF'],
  ['FF?FFFF', time(180_000), 'ggggggF'],
  ['F?FgF', time(0), 'FFFgF'],
])('stepWatch() makes of %s by %o what the file says', (signs, settle, stands) => {
  expect(run(signs, settle).stands).toBe(stands);
});

test('stepWatch() takes time that nobody looked, or a clock that jumped, for a break', () => {
  expect(run('FF', time(180_000), 240_000).stands).toBe('gF');
  expect(run('FFF', time(180_000), 240_001).stands).toBe('ggg');
  // Faults, and good answers, on both sides of the break are not in a row.
  expect(run('FF', count(2, 2, 1), 240_000).stands).toBe('gF');
  expect(run('FFF', count(2, 2, 1), 240_001).stands).toBe('ggg');
  expect(run('Fgg', count(1, 1, 2), 240_000).stands).toBe('FFg');
  expect(run('Fggg', count(1, 1, 2), 240_001).stands).toBe('FFFF');
  const over = run('FF', time(180_000)).state;
  const twoDays = 2 * 86_400_000;
  for (const jump of [twoDays, -twoDays]) {
    expect(stepWatch(over, finding('F'), time(180_000), new Date(start + jump)).faulty).toBe(false);
  }
});

test('beginWatch() goes on where the file is the same and counts changes on where it is not', () => {
  const { state } = run('FF', count(1, 1, 1));
  expect(beginWatch(state, 'h', new Date(start))).toBe(state);
  const anew = beginWatch(state, 'other', new Date(start + 600_000));
  expect(anew).toMatchObject({
    hash: 'other',
    faulty: false,
    changes: 1,
    recent: [],
    since: '2026-03-01T06:10:00.000Z',
  });
  expect(anew).not.toHaveProperty('verdict');
});
