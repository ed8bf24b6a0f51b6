import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { didYouMean } from './nearest-word.ts';
import { partsOf } from './parts-of.ts';
import { compilePattern } from './pattern.ts';

/** What an expression may be made of. */
export const expressionLimits = {
  characters: 2_000,
  nodes: 500,
  /** How deep it may be nested: parentheses, calls, and each further part of a chain such as `a + b + c`. */
  depth: 100,
  /** all, exists, exists_one, filter and map in one another. */
  loops: 3,
  /** Items of a list or map that is written out. */
  items: 100,
} as const;

/** Functions as in `size(event.tags)`. */
export const plainFunctions = [
  ...(['size', 'int', 'double', 'string', 'bool', 'bytes', 'timestamp', 'duration', 'dyn'] as const),
] as const;
/** Functions as in `event.subject.contains("x")`. */
export const methods = [
  ...(['size', 'contains', 'startsWith', 'endsWith', 'matches', 'lowerAscii', 'upperAscii', 'trim'] as const),
  ...(['indexOf', 'lastIndexOf', 'substring', 'split', 'join', 'base64', 'hex'] as const),
  ...(['getFullYear', 'getMonth', 'getDate', 'getDayOfMonth', 'getDayOfWeek', 'getDayOfYear'] as const),
  ...(['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'] as const),
] as const;
/** Loops over a list, or over the keys of a map, as in `event.tags.exists(t, t == "x")`. */
export const loops = ['all', 'exists', 'exists_one', 'filter', 'map'] as const;

/** Where an expression stands, and so what it sees: all see `event` and `now`, a condition sees `state` too. */
export type ExpressionPlace = 'condition' | 'map';

/** An expression that was found to be sound. */
export interface Compiled {
  readonly text: string;
  readonly ast: ASTNode;
  /** What it gives, as far as that can be known: `bool`, `string`, `dyn` and so on. */
  readonly type: string;
}

const environments = { condition: environment(['event', 'state']), map: environment(['event']) };
const variables = { condition: ['event', 'state', 'now'], map: ['event', 'now'] };
const kept = new Map<string, Compiled>();
const mostKept = 1_000;

/**
 * Reads an expression (CEL) and checks it: known names, known functions, types where they can be known, and limits that
 * keep its run short. Done once for each text. Nothing is run. Pure but for the ones it keeps.
 *
 * @throws SyntaxError that names the column and what is known
 * @source github.com/google/cel-spec; docs/design/expressions.md
 */
export function compileExpression(text: string, place: ExpressionPlace): Compiled {
  const key = `${place} ${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { characters } = expressionLimits;
  if (text.length > characters)
    throw new SyntaxError(`it has ${text.length} characters, expected at most ${characters}`);
  const compiled = read(text, place);
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
  kept.set(key, compiled);
  return compiled;
}

function read(text: string, place: ExpressionPlace): Compiled {
  try {
    const parsed = environments[place].parse(text);
    check(parsed.ast, { text, names: variables[place], loops: 0, depth: 1 });
    const checked = parsed.check();
    if (!checked.valid) throw checked.error ?? new Error('it cannot be checked');
    return { text, ast: parsed.ast, type: checked.type ?? 'dyn' };
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    const { summary, range, message } = error as { summary?: string; range?: { start: number }; message: string };
    throw fault(text, range?.start ?? 0, inWords(summary ?? message));
  }
}

/** Numbers in JSON have no kind, so whole and broken ones may be mixed. */
function environment(names: readonly string[]): Environment {
  const { nodes: maxAstNodes, items } = expressionLimits;
  const limits = { maxAstNodes, maxDepth: 60, maxListElements: items, maxMapEntries: items, maxCallArguments: 8 };
  const made = new Environment({ homogeneousAggregateLiterals: false, limits });
  for (const name of names) made.registerVariable(name, 'map');
  made.registerVariable('now', 'google.protobuf.Timestamp');
  const declared = () => {
    throw new TypeError('this is declared for its type only; triggers/expressions runs expressions');
  };
  for (const op of ['+', '-', '*', '/', '%']) {
    made.registerOperator(`int ${op} double: double`, declared);
    made.registerOperator(`double ${op} int: double`, declared);
  }
  made.registerOperator('double % double: double', declared);
  for (const kind of ['Timestamp', 'Duration'])
    made.registerFunction(`string(google.protobuf.${kind}): string`, declared);
  made.registerFunction('int(google.protobuf.Timestamp): int', declared);
  return made;
}

interface Around {
  readonly text: string;
  /** Names that stand for something here. */
  readonly names: readonly string[];
  readonly loops: number;
  readonly depth: number;
}

function check(node: ASTNode, around: Around): void {
  const { text, depth } = around;
  if (depth > expressionLimits.depth) {
    throw fault(text, node.start, `it is nested deeper than ${expressionLimits.depth}`);
  }
  const inside = { ...around, depth: depth + 1 };
  switch (node.op) {
    case 'value':
      checkLiteral(node.args, node.start, text);
      break;
    case 'id':
      checkName(node.args, node.start, around);
      break;
    case 'call':
      checkCall(node, inside);
      break;
    case 'rcall':
      checkMethod(node, inside);
      break;
    default:
      for (const part of partsOf(node)) check(part, inside);
  }
}

function checkName(name: string, start: number, { text, names }: Around): void {
  if (names.includes(name)) return;
  const hint = name === 'state' ? ': only a condition sees it' : didYouMean(name, names);
  throw fault(text, start, `there is no ${name}, expected one of ${names.join(', ')}${hint}`);
}

function checkLiteral(value: unknown, start: number, text: string): void {
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) {
    throw fault(text, start, 'the number is larger than 64 bits');
  }
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    throw fault(text, start, 'a number ends in u, expected it without');
  }
}

function checkCall(node: Extract<ASTNode, { op: 'call' }>, around: Around): void {
  const [name, args] = node.args;
  const known = [...plainFunctions, 'has'];
  if (!known.includes(name)) throw fault(around.text, node.start, unknownFunction(name, known));
  for (const arg of args) check(arg, around);
}

function checkMethod(node: Extract<ASTNode, { op: 'rcall' }>, around: Around): void {
  const [name, receiver, args] = node.args;
  check(receiver, around);
  const { text } = around;
  const start = Math.max(text.indexOf(name, receiver.end), node.start);
  if ((loops as readonly string[]).includes(name)) {
    checkLoop(name, args, start, around);
    return;
  }
  if (!(methods as readonly string[]).includes(name)) {
    throw fault(text, start, unknownFunction(name, [...methods, ...loops]));
  }
  for (const arg of args) check(arg, around);
  if (name === 'matches') checkWritten(args[0], start, text);
}

/** A pattern from outside could be made to cost the most; one that is written out is compiled here. */
function checkWritten(written: ASTNode | undefined, start: number, text: string): void {
  if (written?.op !== 'value' || typeof written.args !== 'string') {
    throw fault(text, start, 'matches takes a pattern that is written out, such as matches("^a+")');
  }
  try {
    compilePattern(written.args);
  } catch (error) {
    throw fault(text, written.start, `the pattern is none (RE2): ${(error as Error).message}`);
  }
}

function checkLoop(name: string, args: readonly ASTNode[], start: number, around: Around): void {
  const { text, names } = around;
  const [item, ...bodies] = args;
  if (item?.op !== 'id' || bodies.length === 0) {
    throw fault(text, start, `${name} takes a name and an expression, such as ${name}(x, x > 1)`);
  }
  if (names.includes(item.args)) throw fault(text, item.start, `${item.args} is taken, expected another name`);
  if (around.loops >= expressionLimits.loops) {
    throw fault(text, start, `more than ${expressionLimits.loops} loops stand in one another`);
  }
  const inside = { ...around, names: [...names, item.args], loops: around.loops + 1 };
  for (const body of bodies) check(body, inside);
}

const unknownFunction = (name: string, known: readonly string[]) =>
  `there is no function ${name}${didYouMean(name, known)}, expected one of ${known.join(', ')}`;

function fault(text: string, offset: number, words: string): SyntaxError {
  return new SyntaxError(`${placeIn(text, offset)}: ${words}`);
}

/** `column 7`, or `line 2, column 7` where there are several. Pure. */
export function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  const column = `column ${before.at(-1)!.length + 1}`;
  return text.trimEnd().includes('\n') ? `line ${before.length}, ${column}` : column;
}

const signs: Readonly<Record<string, string>> = {
  ...{ EOF: 'the end', LPAREN: '(', RPAREN: ')', LBRACKET: '[', RBRACKET: ']', LBRACE: '{', RBRACE: '}', DOT: '.' },
  ...{ COMMA: ',', COLON: ':', QUESTION: '?', PLUS: '+', MINUS: '-', MULTIPLY: '*', DIVIDE: '/', MODULO: '%' },
  ...{ EQ: '==', NE: '!=', LT: '<', LE: '<=', GT: '>', GE: '>=', AND: '&&', OR: '||', NOT: '!', IN: 'in' },
  ...{ IDENTIFIER: 'a name', NUMBER: 'a number', STRING: 'a string', BOOLEAN: 'true or false', NULL: 'null' },
  ...{ maxAstNodes: 'the most parts', maxDepth: 'the deepest nesting', maxListElements: 'the most items' },
  ...{ maxMapEntries: 'the most entries', maxCallArguments: 'the most arguments' },
};

/** The parser's words, with signs in place of its names of them, and begun small. */
function inWords(summary: string): string {
  const words = summary.replace(/\b[A-Z]{2,}\b|\bmax[A-Z][A-Za-z]+\b/g, (name) => signs[name] ?? name);
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`.replaceAll('google.protobuf.', '');
}
