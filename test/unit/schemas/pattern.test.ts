// - A pattern is RE2: what only backtracking can do is refused, with its column.
// - What a pattern may cost is bounded by its steps times the characters that are looked at.
// - Case counts unless the pattern says (?i).
import { expect, test } from 'vitest';
import { holds, lookedAt } from '../../../schemas/holds.ts';
import { pattern, patternLimits } from '../../../schemas/pattern.ts';

const faultOf = (text: string) => pattern.safeParse(text).error?.issues[0]?.message;

test.each([
  ['[a', 'is no pattern (RE2): column 1: missing closing ]: [a'],
  ['mail a**', 'is no pattern (RE2): column 7: invalid nested repetition operator: **'],
  [
    'x\\1',
    'is no pattern (RE2): column 2: invalid escape sequence: \\1; RE2 has no look-around and no back references',
  ],
  [
    'a(?=b)',
    'is no pattern (RE2): column 2: invalid or unsupported Perl syntax: (?=; RE2 has no look-around and no back references',
  ],
])('pattern says what is wrong with %s', (text, message) => {
  expect(faultOf(text)).toBe(message);
});

test('pattern takes as many steps as the limit, and not more', () => {
  expect(faultOf('a{998}')).toBeUndefined();
  expect(faultOf('\\pL{1,900}')).toBe(
    'is no pattern (RE2): it has 1801 steps, expected at most 1000: repeat less often',
  );
});

test('holds() minds case unless the pattern says not to', () => {
  expect(holds('boss', 'The Boss')).toBe(false);
  expect(holds('(?i)boss', 'The Boss')).toBe(true);
});

test('holds() looks at the first 256 Ki characters, and less with a pattern of many steps', () => {
  const most = patternLimits.text;
  expect(holds('needle', `${' '.repeat(most - 6)}needle`)).toBe(true);
  expect(holds('needle', `${' '.repeat(most - 5)}needle`)).toBe(false);
  expect(lookedAt(1_000)).toBe(8_000);
  expect(lookedAt(10)).toBe(most);
});

test.each(['(a+)+$', '(a|aa)+$', '(.*a){20}', '^(([a-z])+.)+[A-Z]([a-z])+$'])(
  'holds() answers on %s, where backtracking would take years',
  (text) => {
    expect(holds(text, `${'a'.repeat(50_000)}!`)).toBe(text === '(.*a){20}');
    expect(holds(text, 'aaaaaaaaaaaaaaaaaaaaaaa')).toBe(text !== '^(([a-z])+.)+[A-Z]([a-z])+$');
  },
);
