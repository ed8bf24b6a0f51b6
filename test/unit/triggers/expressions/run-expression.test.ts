// - What an expression gives is what CEL says; where JSON has numbers only, whole and broken ones may be mixed.
// - Nothing that a prototype brings along is seen, and nothing that is not there is there.
// - However hostile the event and however greedy the expression, the work is cut, and a clean twin passes.
// - No message holds a value.
import { readFileSync } from 'node:fs';
import { evaluate } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileExpression } from '../../../../schemas/compile-expression.ts';
import { eventFieldsOf } from '../../../../schemas/trigger-events.ts';
import { triggerKinds } from '../../../../schemas/trigger-kinds.ts';
import { Budget, runLimits } from '../../../../triggers/expressions/budget.ts';
import { ExpressionFault } from '../../../../triggers/expressions/expression-fault.ts';
import { findLastText, findText, splitText } from '../../../../triggers/expressions/find-text.ts';
import { runExpression } from '../../../../triggers/expressions/run-expression.ts';
import { outputLimits, toJson } from '../../../../triggers/expressions/to-json.ts';

const now = new Date('2026-03-29T10:30:00Z');
const event = JSON.parse(
  `{"n":5,"f":2.5,"s":"Hello","u":"é😀","__proto__":{"x":1},"constructor":"c","l":[1,2,{"a":"b"}],"nothing":null,
    "body":{"commits":[{"id":"a"},{"id":"b"}]}}`,
) as Record<string, unknown>;
const run = (text: string, about: Record<string, unknown> = event) =>
  toJson(runExpression(compileExpression(text, 'condition'), { event: about, state: {}, now }, new Budget()));

test.each<[string, unknown]>([
  ['event.n == 5 && event.n == 5.0 && event.n != 6', true],
  ['event.n + 1', 6],
  ['event.n / 2', 2.5],
  ['(event.n + 1) * 1.5', 9],
  ['7 / 2 * 2 + 7 % 2', 7],
  ['9223372036854775807', '9223372036854775807'],
  ['9007199254740991', 9007199254740991],
  ['event.f * 2 + size(event.s)', 10],
  ['size(event.u)', 2],
  ['event.l[2].a + event["s"]', 'bHello'],
  ['event.body.commits.map(c, c.id).join(", ")', 'a, b'],
  ['event.body.commits.map(c, c.id != "a", c.id)', ['b']],
  ['event.body.commits.exists_one(c, c.id == "a")', true],
  ['event.l.exists(x, x > 1)', true],
  ['event.missing || true', true],
  ['true || event.missing', true],
  ['!(event.missing && false)', true],
  ['has(event.body.commits) && !has(event.body.x.y) && !has(event.nothing)', true],
  ['"body" in event && !("toString" in event) && 5 in [event.n]', true],
  ['now', '2026-03-29T10:30:00.000Z'],
  ['now - timestamp("2026-03-29T00:00:00Z") > duration("10h29m59.9s")', true],
  ['[now.getHours(), now.getHours("Europe/Berlin"), now.getDayOfWeek()]', [10, 12, 0]],
  ['timestamp("2026-07-01T00:30:00+02:00").getDayOfYear()', 180],
  ['duration("90m").getHours()', 1],
  ['duration("-1.5s")', '-1.5s'],
  ['event.s.matches("(?i)^h.*O$") && !event.s.matches("^h")', true],
  ['"a,b,c".split(",", 2)', ['a', 'b,c']],
  ['"Zürich".upperAscii()', 'ZüRICH'],
  ['b"abc"', 'YWJj'],
  ['string(bytes("ä")) + string(1) + string(1.5) + string(true)', 'ä11.5true'],
  ['{"a": 1, "b": [null, duration("90m")]}', { a: 1, b: [null, '5400s'] }],
  ['event.n > 3 ? "many" : "few"', 'many'],
])('runExpression() makes of %s what CEL says', (text, value) => {
  expect(run(text)).toEqual(value);
});

const page = readFileSync(new URL('../../../../docs/design/expressions.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `(.+?)` +\| `(\{.*\})` +\| `(.+?)` +\|$/gm)].map(([, ...cells]) => cells);

test.each(rows as [string, string, string][])(
  'runExpression() makes of %s what the page says',
  (text, about, value) => {
    expect(run(text, JSON.parse(about) as Record<string, unknown>)).toEqual(JSON.parse(value));
  },
);

test('the page of expressions has examples, and names each kind with its fields', () => {
  expect(rows).toHaveLength(8);
  for (const kind of triggerKinds) {
    const [, fields = ''] = new RegExp(`^\\| ${kind} +\\| (.+?) +\\|$`, 'm').exec(page) ?? [];
    expect(fields.replace(/ \{.*?\}/g, '').split(', ')).toEqual(eventFieldsOf(kind));
  }
});

test.each<[string, string]>([
  ['event.missing.x', 'there is no such field in `event.missing` (column 1)'],
  ['event.n == 5 && event.s', 'true or false is expected, not string in `event.s` (column 17)'],
  ['event.l[3]', 'the list is shorter in `event.l[3]` (column 1)'],
  ['event["secret"].x', 'there is no such field in `event["…"]` (column 1)'],
  ['event[r"a\\"personal"]', 'there is no such field in `event[r"…"]` (column 1)'],
  ['1 / size(event.body.x.y)', 'there is no such field in `event.body.x` (column 10)'],
  ['1 / (1 - 1) + 1', 'a number is divided by zero in `1 / (1 - 1` (column 1)'],
  ['9223372036854775807 + 1', 'a number grows beyond 64 bits in `9223372036854775807 + 1` (column 1)'],
  ['event.s > 1', 'string and int have no order in `event.s > 1` (column 1)'],
  ['timestamp(event.s)', 'a text is no time such as 2026-03-01T08:00:00Z in `timestamp(event.s)` (column 1)'],
  ['now.getHours(event.s)', 'a text is no time zone such as Europe/Berlin in `now.getHours(event.s)` (column 1)'],
  ['event.toString', 'there is no such field in `event.toString` (column 1)'],
  ['event.s.size', 'string has no fields in `event.s.size` (column 1)'],
])('runExpression() says of %s where it fails, and no value', (text, message) => {
  expect(() => run(text)).toThrow(message);
});

test('runExpression() sees own fields only, and toJson() leaves __proto__ out', () => {
  expect(run('event.constructor')).toBe('c');
  expect(run('size(event)')).toBe(9);
  const copy = run('event') as Record<string, unknown>;
  expect(Object.keys(copy)).not.toContain('__proto__');
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(({} as { x?: number }).x).toBeUndefined();
  expect(() => run('event.f', { f: () => 'called' })).toThrow('there is no such field');
});

const large = {
  l: Array.from({ length: 10_000 }, (_, at) => at),
  s: 'a'.repeat(1_000_000),
  t: Buffer.alloc(1_000_000, 'a').toString(),
  m: Object.fromEntries(Array.from({ length: 30_000 }, (_, at) => [`key${at}`, at])),
};

test.each([
  ['event.l.all(a, event.l.all(b, event.l.all(c, a + b + c >= 0)))', 'steps'],
  ['event.l.all(a, a in event.l)', 'steps'],
  ['event.l.map(a, event.l + event.l)', 'steps'],
  ['event.l.exists(a, event.s.contains("zz"))', 'steps'],
  ['event.l.exists(a, false || event.s.matches("[ab]{1,400}z"))', 'steps'],
  ['event.l.all(a, now.getHours("Europe/Berlin") > 30 || true)', 'steps'],
  ['event.l.all(a, size(event.s) > 0)', 'steps'],
  ['event.s.split("").join("") == ""', 'steps'],
  ['event.l.all(a, size(event.m) > 0)', 'steps'],
  ['event.l.all(a, event.m.exists(k, true))', 'steps'],
  ['event.l.all(a, {"a": 1} != event.m)', 'steps'],
  ['event.l.all(a, event.m != {"a": 1})', 'steps'],
  ['event.l.all(a, event.s == event.t)', 'steps'],
  ['event.l.all(a, event.s <= event.t)', 'steps'],
  ['[[bytes(event.s), bytes(event.t)]].all(b, event.l.all(a, b[0] == b[1]))', 'steps'],
  ['[bytes(event.s.substring(0, 500000))].all(b, event.l.all(a, b.hex() != ""))', 'steps'],
  ['[bytes(event.s.substring(0, 500000))].all(b, event.l.all(a, b.base64() != ""))', 'steps'],
  ['event.l.exists(a, event.l.exists(b, b.x))', 'steps'],
  ['bytes(event.s).hex()', 'puts together a text of more than 1048576 characters'],
  ['event.l.map(a, string(a)).join(event.s)', 'puts together a text of more than 1048576 characters'],
  ['[event.s + event.s].map(a, a + a)', 'puts together a text of more than 1048576 characters'],
  ['event.l.map(a, event.l)', 'gives more than 262144 bytes'],
  ['event.s', 'gives a text of more than 65536 characters'],
  ['1.0 / 0.0', 'gives a number without end'],
])('runExpression() cuts %s short', (text, words) => {
  expect(() => run(text, large)).toThrow(words);
});

test.each([
  ['size(event.m)', 30_000],
  ['event.m.exists(k, k == "key29999")', true],
  ['event.s == event.t && event.s <= event.t && bytes(event.s) == bytes(event.t)', true],
  ['event.l.all(a, event.s != "a" && !(event.s < "a"))', true],
  ['event.l.exists(a, a.x || a == 9000)', true],
  ['bytes("é").hex() + bytes("é").base64()', 'c3a9w6k='],
])('runExpression() has enough for %s', (text, value) => {
  expect(run(text, large)).toEqual(value);
});

test('runExpression() searches in time that grows with the lengths of text and part, and not with their product', () => {
  const part = `${'a'.repeat(250_000)}b${'a'.repeat(250_000)}`;
  const about = { s: large.s, part, holds: `c${part}${part}c` };
  const all = ['contains', 'indexOf', 'lastIndexOf'].map((name) => run(`event.s.${name}(event.part)`, about));
  expect(all).toEqual([false, -1, -1]);
  expect(run('event.holds.contains(event.part)', about)).toBe(true);
  expect(run('[event.holds.indexOf(event.part), event.holds.indexOf(event.part, 2)]', about)).toEqual([1, 500_002]);
  expect(run('[event.holds.lastIndexOf(event.part), event.holds.lastIndexOf(event.part, 9)]', about)).toEqual([
    500_002, 1,
  ]);
  expect(run('event.holds.split(event.part)', about)).toEqual(['c', '', 'c']);
});

test('findText(), findLastText() and splitText() find what the machine finds', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 60 });
  const long = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 15, maxLength: 20 });
  fc.assert(
    fc.property(
      fc.array(fc.oneof(letters, long), { maxLength: 6 }),
      long,
      fc.integer({ min: -3, max: 200 }),
      (t, p, n) => {
        const text = t.join(p);
        expect(findText(text, p)).toBe(text.indexOf(p));
        expect(findText(text, p, n)).toBe(text.indexOf(p, n));
        expect(findLastText(text, p)).toBe(text.lastIndexOf(p));
        expect(findLastText(text, p, n)).toBe(text.lastIndexOf(p, n));
        expect(splitText(text, p)).toEqual(text.split(p));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('runExpression() has enough for ten thousand items once over', () => {
  expect(run('event.l.exists(x, x == 9999) && event.l.filter(x, x < 2).map(x, x + 1) == [1, 2]', large)).toBe(true);
});

test('Budget takes as many steps as the limit, and not one more', () => {
  new Budget().spend(runLimits.steps);
  expect(() => new Budget().spend(runLimits.steps + 1)).toThrow(ExpressionFault);
});

test('runExpression() passes by what is nested without end, and refuses to give or compare it', () => {
  const deep = () => {
    let list: unknown[] = [];
    for (let at = 0; at < 100_000; at += 1) list = [list];
    return list;
  };
  const about = { a: deep(), b: deep(), n: 1 };
  expect(run('event.n == 1', about)).toBe(true);
  expect(() => run('event.a', about)).toThrow(`more than ${outputLimits.depth} levels`);
  expect(() => run('event.a == event.b', about)).toThrow('a value cannot be worked with');
});

const whole = fc.bigInt({ min: -50n, max: 50n }).map((n) => (n < 0n ? `(${n})` : `${n}`));
const word = fc.constantFrom('""', '"a"', '"ab"', '"b"', '"B c"');
const { bool } = fc.letrec<{ int: string; text: string; list: string; bool: string }>((tie) => ({
  int: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    whole,
    fc.tuple(tie('int'), fc.constantFrom('+', '-', '*', '/', '%'), tie('int')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('list').map((list) => `size(${list})`),
    tie('text').map((text) => `${text}.size()`),
    fc.tuple(tie('bool'), tie('int'), tie('int')).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  text: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
    tie('int').map((n) => `string(${n})`),
    tie('text').map((text) => `${text}.trim()`),
  ),
  list: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.array(whole, { minLength: 1, maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('list'), tie('list')).map(([a, b]) => `(${a} + ${b})`),
    fc.tuple(tie('list'), tie('int')).map(([list, n]) => `${list}.filter(x, x > ${n.includes('x') ? '1' : n})`),
    tie('list').map((list) => `${list}.map(y, y * 2)`),
  ),
  bool: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('true', 'false'),
    fc.tuple(tie('int'), fc.constantFrom('<', '<=', '==', '!=', '>'), tie('int')).map((one) => `(${one.join(' ')})`),
    fc.tuple(tie('text'), fc.constantFrom('contains', 'startsWith'), tie('text')).map(([a, f, b]) => `${a}.${f}(${b})`),
    fc.tuple(tie('bool'), fc.constantFrom('&&', '||'), tie('bool')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie('int'), tie('list')).map(([n, list]) => `(${n} in ${list})`),
    fc.tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one')).map(([l, f]) => `${l}.${f}(z, 10 / z > 1)`),
    tie('bool').map((one) => `!${one}`),
  ),
}));

test('runExpression() agrees with another implementation on expressions without an event', () => {
  let decided = 0;
  fc.assert(
    fc.property(bool, (text) => {
      fc.pre(text.length <= 2_000);
      let expected: unknown;
      try {
        expected = evaluate(text);
      } catch {
        expected = 'fault';
      }
      let found: unknown;
      try {
        found = run(text, {});
      } catch (error) {
        if (error instanceof SyntaxError) fc.pre(false);
        found = 'fault';
      }
      if (found !== 'fault') decided += 1;
      expect(found).toBe(expected);
    }),
    { numRuns: 3_000 },
  );
  expect(decided).toBeGreaterThan(1_000);
});

const paths = ['event', 'event.a', 'event.b', 'event.a.b', 'event.l[0]', 'event["c"]', 'x', 'state.n', 'now'];
const anything = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...paths, '1', '2.5', '"a"', 'null', 'true'),
    fc
      .tuple(tie('any'), fc.constantFrom('+', '-', '*', '/', '<', '==', 'in', '&&', '||'), tie('any'))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom('size', 'string', 'int', 'double', 'timestamp', 'bool'), tie('any'))
      .map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(tie('any'), fc.constantFrom('map', 'filter', 'all', 'exists'), tie('any'))
      .map(([a, f, b]) => `${a}.${f}(x, ${b})`),
    fc
      .tuple(tie('any'), fc.constantFrom('contains', 'split', 'join', 'lastIndexOf'), tie('any'))
      .map(([a, f, b]) => `${a}.${f}(${b})`),
  ),
})).any;

test('runExpression() gives JSON or a fault without a value, for whatever is asked of whatever came', () => {
  const secret = 'k3zQ';
  const values = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  const events = fc.record({ a: values, b: values, l: fc.array(values), c: fc.constant(secret), [secret]: values });
  let ran = 0;
  fc.assert(
    fc.property(anything, events, (text, about) => {
      try {
        const value = run(text, about);
        ran += 1;
        expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      } catch (error) {
        if (!(error instanceof ExpressionFault) && !(error instanceof SyntaxError)) throw error;
        expect(error.message).not.toContain(secret);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(ran).toBeGreaterThan(300);
});
