// - A condition lets an event pass, or says why not without any value of it; it never throws.
// - `state` is what `keep` made, and is filled even by an event that the condition cannot decide on.
// - Arguments are plain JSON, and bounded.
import { expect, test } from 'vitest';
import { decideCondition, mapArguments, mostStateBytes } from '../../../triggers/decide-condition.ts';

const now = new Date('2026-03-29T10:30:00Z');

test('decideCondition() passes where none is asked for and where it holds', () => {
  expect(decideCondition({}, {}, {})).toEqual({ pass: true });
  expect(decideCondition({ condition: 'event.n > 1' }, { n: 2 }, {})).toEqual({ pass: true });
  expect(decideCondition({ condition: 'event.n > 1' }, { n: 1 }, {})).toEqual({
    pass: false,
    reason: 'its condition does not hold',
  });
});

test('decideCondition() says which part it cannot decide, and no value', () => {
  const secret = 'boss@example.org';
  const decided = decideCondition(
    { condition: `event.from == "${secret}" && event.subjet != ""` },
    { from: secret },
    {},
  );
  expect(decided).toEqual({
    pass: false,
    reason: 'its condition cannot be decided: there is no such field in `event.subjet` (column 37)',
  });
});

test('decideCondition() knows the time only from what it was given', () => {
  const condition = 'now.getHours("Europe/Berlin") == 12';
  expect(decideCondition({ condition }, {}, {}, now)).toEqual({ pass: true });
  expect(decideCondition({ condition }, {}, {})).toEqual({
    pass: false,
    reason: 'its condition cannot be decided: it is not known here in `now` (column 1)',
  });
});

test('decideCondition() fills an empty state by the first event, and sees it by the second', () => {
  const condition = { if: 'event.n > state.last', keep: { last: 'event.n' } };
  const first = decideCondition({ condition }, { n: 1 }, {});
  expect(first).toMatchObject({ pass: false, state: { last: 1 } });
  expect(decideCondition({ condition }, { n: 2 }, first.state!)).toEqual({ pass: true, state: { last: 2 } });
});

test('decideCondition() keeps 16 KB and no more', () => {
  const condition = { if: 'true', keep: { s: 'event.s' } };
  const room = mostStateBytes - JSON.stringify({ s: '' }).length;
  expect(decideCondition({ condition }, { s: 'a'.repeat(room) }, {}).pass).toBe(true);
  expect(decideCondition({ condition }, { s: 'a'.repeat(room + 1) }, {})).toEqual({
    pass: false,
    reason: 'keep makes more than 16384 bytes',
  });
  expect(decideCondition({ condition }, {}, {})).toEqual({
    pass: false,
    reason: 'keep.s cannot be made: there is no such field in `event.s` (column 1)',
  });
});

test('mapArguments() makes plain JSON, all in all at most 256 KB', () => {
  const map = { n: 'size(event.l)', at: 'now', text: 'event.l[0] + "!"' };
  expect(mapArguments({ map }, { l: ['a'] }, now)).toEqual({ n: 1, at: '2026-03-29T10:30:00.000Z', text: 'a!' });
  expect(() => mapArguments({ map: { a: 'event.b.c' } }, { b: 'personal' })).toThrow(
    new TypeError('map.a cannot be made: string has no fields in `event.b.c` (column 1)'),
  );
  const s = 'a'.repeat(65_000);
  const four = { a: 'event.s', b: 'event.s', c: 'event.s', d: 'event.s' };
  expect(Object.keys(mapArguments({ map: four }, { s }))).toHaveLength(4);
  expect(() => mapArguments({ map: { ...four, e: 'event.s' } }, { s })).toThrow('map.e cannot be made: all give more');
});
