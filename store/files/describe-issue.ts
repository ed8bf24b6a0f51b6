import type { z } from 'zod';
import { didYouMean, nearestWord } from '../../schemas/nearest-word.ts';
import { keysAt, kindsAt } from './keys-at.ts';
import { type Expected, nameExpected } from './name-expected.ts';
import { cut, mayBeSecret, showValue } from './show-value.ts';

/** What is wrong in a text, and where. 1-based. */
export interface TextFault {
  readonly line: number;
  readonly column: number;
  /** With the value as it stands in the file, unless it may be secret. */
  readonly message: string;
  /** The same without any value: for logs and records. */
  readonly plain: string;
}

/** Where issues are told: the text as it was read, and as its references made it. */
export interface Described {
  readonly schema: z.ZodType;
  /** As it stands in the file; what is repeated comes from here. */
  readonly raw: unknown;
  /** With references resolved; never repeated. */
  readonly value: unknown;
  /** Line and column of the value at a path, or of its key. */
  readonly at: (path: readonly PropertyKey[], key?: boolean) => { line: number; column: number };
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Says of issues where each is, what was found and what was expected; a mistyped key before the one it made missing. */
export function describeIssues(issues: readonly Issue[], about: Described): TextFault[] {
  const keysFirst = (issue: Issue) => (issue.code === 'unrecognized_keys' ? 0 : 1);
  return [...issues].sort((a, b) => keysFirst(a) - keysFirst(b)).flatMap((issue) => describeIssue(issue, about));
}

/** A fault of a value: what it is, and what it should be. */
export function wrongValue(path: Path, expected: Expected, { at, raw, value }: Omit<Described, 'schema'>): TextFault {
  const found = valueAt(raw, path);
  // A resolved value may be a secret, and what a schema says of it may repeat it.
  const guarded = mayBeSecret(path) || JSON.stringify(found) !== JSON.stringify(valueAt(value, path));
  const say = (typeOnly: boolean) => {
    const shown = found === undefined ? 'is missing' : `is ${showValue(found, path, { typeOnly })}`;
    if (expected.expected !== undefined) {
      const near = guarded || typeof found === 'object' ? '' : meant(found, expected.known ?? []);
      return `${nameOf(path)} ${shown}, expected ${expected.expected}${near}`;
    }
    if (guarded || (typeOnly && isScalar(found))) return `${nameOf(path)} ${shown}, expected another value`;
    return inWords(nameOf(path), shown, expected.words ?? '', isScalar(found));
  };
  return { ...at(path), message: say(false), plain: say(true) };
}

function describeIssue(issue: Issue, about: Described): TextFault[] {
  const { at } = about;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(issue.path, key, about));
    case 'invalid_key': {
      const [inner] = issue.issues;
      const expected = (inner === undefined ? undefined : nameExpected(inner).expected) ?? 'another name';
      const words = `The key ${cut(String(issue.path.at(-1)))} in ${nameOf(issue.path.slice(0, -1))} cannot be used`;
      return [bothWays(at(issue.path, true), `${words}, expected ${expected}`)];
    }
    case 'invalid_union':
      return describeUnion(issue, about);
    default:
      return [wrongValue(issue.path, withZones(issue, nameExpected(issue)), about)];
  }
}

function unknownKey(path: Path, key: string, { at, schema, value }: Described): TextFault {
  const kinds = kindsAt(schema, path);
  const map = valueAt(value, path);
  const kind = isMap(map) ? kinds.find((one) => one in map) : undefined;
  const known = keysAt(schema, path, kind);
  // Where secrets are kept, what stands as a key may be one without its key.
  const named = mayBeSecret(path) && nearestWord(key, known) === undefined ? '' : ` ${cut(key)}`;
  const beside = kind === undefined ? '' : ` beside ${kind}`;
  const expected = known.length === 0 ? 'expected none' : `expected one of ${known.join(', ')}`;
  const words = `Unknown key${named} in ${nameOf(path)}${beside}, ${expected}${didYouMean(key, known)}`;
  return bothWays(at([...path, key], true), words);
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, about: Described): TextFault[] {
  const { options } = issue as { options?: unknown };
  if (Array.isArray(options)) {
    const known = options.map(String);
    return [wrongValue(issue.path, { expected: `one of ${known.join(', ')}`, known }, about)];
  }
  const forms = issue.errors.map((errors) =>
    errors.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue),
  );
  const value = valueAt(about.value, issue.path);
  const kinds = kindsAt(about.schema, issue.path);
  if (kinds.length > 0 && isMap(value)) return describeKinds(issue.path, kinds, forms, value, about);
  const here = (inner: Issue) => inner.path.length === issue.path.length;
  const fitting = forms.filter((errors) => !errors.some((inner) => inner.code === 'invalid_type' && here(inner)));
  const ofMap = fitting.filter((errors) => errors.some((inner) => !here(inner) || inner.code === 'unrecognized_keys'));
  // The form of the same type with the fewest mistakes is the one that was meant.
  const [nearest] = ofMap.sort((a, b) => a.length - b.length);
  if (nearest !== undefined) return describeIssues(nearest, about);
  if (kinds.length > 0) return [wrongValue(issue.path, { expected: `a map with one of ${kinds.join(', ')}` }, about)];
  return [wrongValue(issue.path, joined(issue, fitting.length > 0 ? fitting : forms), about)];
}

/** A map whose one key says what it is, such as `when:`. */
function describeKinds(path: Path, kinds: string[], forms: Issue[][], value: object, about: Described): TextFault[] {
  const keys = Object.keys(value);
  const [first, second] = keys.filter((key) => kinds.includes(key));
  const here = nameOf(path);
  const expected = `expected one of ${kinds.join(', ')}`;
  if (first !== undefined && second !== undefined) {
    const words = `${here} has both ${first} and ${second}, ${expected}`;
    return [bothWays(about.at([...path, second], true), words)];
  }
  if (first !== undefined) {
    const foreign = (inner: Issue) => inner.code === 'unrecognized_keys' && inner.keys.includes(first);
    return describeIssues(forms.find((errors) => !errors.some(foreign)) ?? [], about);
  }
  const mistyped = keys.find((key) => nearestWord(key, kinds) !== undefined) ?? keys[0];
  if (mistyped === undefined) return [bothWays(about.at(path), `${here} is empty, ${expected}`)];
  const words = `Unknown key ${cut(mistyped)} in ${here}, ${expected}${didYouMean(mistyped, kinds)}`;
  return [bothWays(about.at([...path, mistyped], true), words)];
}

/** What several forms expect of one value, as one sentence. */
function joined(issue: z.core.$ZodIssueInvalidUnion, forms: readonly Issue[][]): Expected {
  if (issue.message.startsWith('expected ')) return { expected: issue.message.slice('expected '.length) };
  const each = forms.flatMap((errors) => errors.slice(0, 1)).flatMap((inner) => unionParts(inner));
  const expected = [...new Set(each.flatMap((one) => one.expected ?? one.words ?? []))];
  return { expected: expected.join(', or '), known: each.flatMap((one) => one.known ?? []) };
}

function unionParts(inner: Issue): Expected[] {
  return inner.code === 'invalid_union' ? [joined(inner, inner.errors as Issue[][])] : [nameExpected(inner)];
}

function withZones(issue: Issue, expected: Expected): Expected {
  if (issue.path.at(-1) !== 'timezone' || issue.code !== 'custom') return expected;
  return { ...expected, known: Intl.supportedValuesOf('timeZone') };
}

const otherWords: Readonly<Record<string, string>> = { yes: 'true', on: 'true', no: 'false', off: 'false' };

function meant(found: unknown, known: readonly string[]): string {
  const word = String(found);
  const other = otherWords[word.toLowerCase()];
  return other !== undefined && known.includes(other) ? `, did you mean ${other}` : didYouMean(word, known);
}

/** A schema's own sentence, joined to what was found. */
function inWords(name: string, shown: string, words: string, scalar: boolean): string {
  const continues = /^(is|belongs|lies|must|has|needs) /.test(words);
  if (continues) return scalar ? `${name} ${shown}, which ${words}` : `${name} ${words}`;
  return `${name} ${shown}: ${words}`;
}

const bothWays = (place: { line: number; column: number }, words: string): TextFault => ({
  ...place,
  message: words,
  plain: words,
});

const nameOf = (path: Path) => (path.length === 0 ? 'the file' : path.map(String).join('.'));
const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown) => value !== undefined && (value === null || typeof value !== 'object');

function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) here = (here as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return here;
}
