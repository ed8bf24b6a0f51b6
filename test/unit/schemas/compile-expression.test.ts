// - What is wrong with an expression is said before it ever runs: column, and what is known.
// - Only names and functions of the language exist; what JavaScript brings along does not.
// - Size, depth, loops in one another and written lists are bounded, at the limit and one over.
import { expect, test } from 'vitest';
import { compileExpression } from '../../../schemas/compile-expression.ts';
import { triggerFile } from '../../../schemas/trigger-file.ts';
import { parseFile } from '../../../store/files/parse-file.ts';

const faultOf = (text: string, place: 'condition' | 'map' = 'condition') => {
  try {
    compileExpression(text, place);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return (error as Error).message;
  }
};

test.each([
  ['event.a.b > 3 && evnt.x', 'column 18: there is no evnt, expected one of event, state, now, did you mean event'],
  ['event.s.contain("x")', /^column 9: there is no function contain, did you mean contains, expected one of size,/],
  ['sise(event.s)', /^column 1: there is no function sise, did you mean size, expected one of size, int,/],
  ['event.a ==', 'column 11: unexpected token: the end'],
  ['(event.a', 'column 9: expected ), got the end'],
  ['event.a\n  && event.b &', 'line 2, column 14: unexpected character: &'],
  ['"a" + 1', 'column 1: no such overload: string + int'],
  ['"a".startsWith(1)', "column 1: found no matching overload for 'string.startsWith(int)'"],
  ['event.l.all(x, "y")', "column 16: all(var, predicate) predicate must return bool, got 'string'"],
  ['event.l.all(event, true)', 'column 13: event is taken, expected another name'],
  ['event.l.exists(x)', 'column 9: exists takes a name and an expression, such as exists(x, x > 1)'],
  ['99999999999999999999', 'column 1: the number is larger than 64 bits'],
  ['1u', 'column 1: a number ends in u, expected it without'],
  ['event.s.matches("(")', 'column 17: the pattern is none (RE2): column 1: missing closing ): ('],
  ['event.s.matches(event.p)', /^column 9: matches takes a pattern that is written out/],
])('compileExpression() refuses %s with its column', (text, message) => {
  const found = faultOf(text);
  if (typeof message === 'string') expect(found).toBe(message);
  else expect(found).toMatch(message);
});

test.each(['constructor', '__proto__', 'this', 'process', 'globalThis', 'cel', 'google', 'int', 'type(event)'])(
  'compileExpression() knows no %s',
  (text) => {
    expect(faultOf(text)).toMatch(/^column 1: (there is no|reserved)/);
  },
);

test.each(['event.toString()', 'event.s.constructor("x")', 'event.s.valueOf()', 'event.__proto__.hasOwnProperty("a")'])(
  'compileExpression() knows no method of a prototype: %s',
  (text) => {
    expect(faultOf(text)).toContain('there is no function');
  },
);

test('compileExpression() gives state to a condition only', () => {
  expect(faultOf('state.n == 1')).toBeUndefined();
  expect(faultOf('state.n', 'map')).toBe(
    'column 1: there is no state, expected one of event, now: only a condition sees it',
  );
});

const nested = (depth: number) => `${'('.repeat(depth)}true${')'.repeat(depth)}`;
const loops = (depth: number) =>
  Array.from({ length: depth }).reduce<string>((inner, _, at) => `event.l.all(x${at}, ${inner})`, 'true');

test.each([
  ['a chain', (n: number) => `1${'+1'.repeat(n)}`, 99, /deeper than 100/],
  ['signs', (n: number) => `${'!'.repeat(n)}true`, 99, /deeper than 100/],
  ['parentheses', nested, 59, /exceeded the deepest nesting/],
  ['loops', loops, 3, /more than 3 loops/],
  ['a list', (n: number) => `[${'1,'.repeat(n)}]`, 100, /exceeded the most items/],
  ['characters', (n: number) => `"${'a'.repeat(n - 2)}"`, 2_000, /2001 characters, expected at most 2000/],
])('compileExpression() bounds %s', (_what, make, most, message) => {
  expect(faultOf(make(most))).toBeUndefined();
  expect(faultOf(make(most + 1))).toMatch(message);
});

test('triggerFile names line and column of a broken expression, and what a condition must give', () => {
  const places = { home: '/', env: {}, secret: () => undefined };
  const faultsOf = (text: string) => {
    const parsed = parseFile(text, triggerFile, places);
    return parsed.ok ? [] : parsed.faults;
  };
  const broken = 'run: noop\nwhen: { webhook: { provider: github, secret: 12345678 } }\ncondition: event.a =\n';
  expect(faultsOf(broken)).toMatchObject([
    { line: 2, column: 46 },
    { line: 3, column: 12, message: /is no expression \(CEL\): column 9: unexpected character: =$/ },
  ]);
  const good = 'run: noop\nwhen: { mail: {} }\n';
  expect(faultsOf(good)).toEqual([]);
  expect(faultsOf(`${good}condition: '"yes"'\n`)).toMatchObject([
    { line: 3, column: 12, message: /gives string, expected true or false$/ },
  ]);
  expect(faultsOf(`${good}condition: { if: event.a, keep: { n: stat.n } }\n`)).toMatchObject([
    {
      line: 3,
      column: 38,
      message: /is no expression \(CEL\): column 1: there is no stat.*did you mean state/,
    },
  ]);
  expect(faultsOf(`${good}map: { a: state.n }\n`)).toMatchObject([{ line: 3, column: 11 }]);
});
