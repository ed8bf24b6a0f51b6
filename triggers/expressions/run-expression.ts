import type { ASTNode } from '@marcbachmann/cel-js';
import { type Compiled, loops, placeIn } from '../../schemas/compile-expression.ts';
import { partsOf } from '../../schemas/parts-of.ts';
import { applyPart, itemsOf } from './apply-part.ts';
import type { Budget } from './budget.ts';
import { ExpressionFault } from './expression-fault.ts';
import { fieldOf, isFields, kindOfValue } from './values.ts';

type Call = Extract<ASTNode, { op: 'rcall' }>;

/** Names and what they stand for; the innermost first. */
interface Scope {
  readonly name: string;
  readonly value: unknown;
  readonly up?: Scope | undefined;
}

/** One run: what it is about, and what it may still spend. */
interface Run {
  readonly text: string;
  readonly budget: Budget;
}

/**
 * Runs an expression over its variables. Only what stands in `compileExpression` exists: no globals, no prototypes, no
 * clock but `now`. Pure but for the budget.
 *
 * @returns a value of the language; `toJson` makes it JSON
 * Throws an ExpressionFault that names the part of the expression, and no value.
 */
export function runExpression(
  { text, ast }: Pick<Compiled, 'text' | 'ast'>,
  variables: Readonly<Record<string, unknown>>,
  budget: Budget,
): unknown {
  let scope: Scope | undefined;
  for (const [name, value] of Object.entries(variables)) scope = { name, value, up: scope };
  return evaluate(ast, scope, { text, budget });
}

/** The value of one part. Work is counted here, so nothing runs without paying. */
function evaluate(node: ASTNode, scope: Scope | undefined, run: Run): unknown {
  run.budget.spend(1);
  switch (node.op) {
    case 'value':
      return node.args;
    case 'id':
      return look(node, scope, run);
    case '&&':
    case '||':
      return decide(node, scope, run);
    case '?:':
      return evaluate(node.args[truth(node.args[0], scope, run) ? 1 : 2], scope, run);
    case 'call':
      if (node.args[0] === 'has') return has(node.args[1][0]!, scope, run);
      break;
    case 'rcall':
      if ((loops as readonly string[]).includes(node.args[0])) return runLoop(node, scope, run);
      break;
    default:
  }
  const parts = partsOf(node).map((part) => evaluate(part, scope, run));
  try {
    return applyPart(node, parts, run.budget);
  } catch (error) {
    throw located(error, node, run);
  }
}

/** True or false; anything else is a fault. */
function truth(node: ASTNode, scope: Scope | undefined, run: Run): boolean {
  const value = evaluate(node, scope, run);
  if (typeof value === 'boolean') return value;
  throw located(new ExpressionFault(`true or false is expected, not ${kindOfValue(value)}`), node, run);
}

const faultSteps = 20;
const writtenText = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs;

/** Says of a fault at which part of the expression it happened; texts in it are left out, since they may be personal. */
function located(error: unknown, { start, end }: ASTNode, { text, budget }: Run): unknown {
  if (error instanceof RangeError) return new ExpressionFault('a value cannot be worked with', { fatal: true });
  if (!(error instanceof ExpressionFault) || error.fatal || error.placed) return error;
  // To say where takes its time, and a loop may meet a fault at each item.
  budget.spend(faultSteps);
  const part = text.slice(start, end).replace(writtenText, '"…"');
  const short = part.length > 80 ? `${part.slice(0, 79)}…` : part;
  const words = `${error.message} in \`${short.replace(/\s+/g, ' ')}\` (${placeIn(text, start)})`;
  return new ExpressionFault(words, { placed: true });
}

function look(node: Extract<ASTNode, { op: 'id' }>, scope: Scope | undefined, run: Run): unknown {
  for (let here = scope; here !== undefined; here = here.up) if (here.name === node.args) return here.value;
  throw located(new ExpressionFault('it is not known here'), node, run);
}

/** A side that decides the result decides it even where the other cannot be. @source cel-spec, logical operators */
function decide(node: Extract<ASTNode, { op: '&&' | '||' }>, scope: Scope | undefined, run: Run): boolean {
  const deciding = node.op === '||';
  let fault: unknown;
  try {
    if (truth(node.args[0], scope, run) === deciding) return deciding;
  } catch (error) {
    if (!(error instanceof ExpressionFault) || error.fatal) throw error;
    fault = error;
  }
  if (truth(node.args[1], scope, run) === deciding) return deciding;
  if (fault !== undefined) throw fault;
  return !deciding;
}

/** Whether a field is there and not null, along with all on the way to it. */
function has(node: ASTNode, scope: Scope | undefined, run: Run): boolean {
  return reach(node, scope, run) != null;
}

function reach(node: ASTNode, scope: Scope | undefined, run: Run): unknown {
  if (node.op !== '.') return evaluate(node, scope, run);
  run.budget.spend(1);
  const holder = reach(node.args[0], scope, run);
  return isFields(holder) ? fieldOf(holder, node.args[1]) : undefined;
}

/** Runs `all`, `exists`, `exists_one`, `filter` or `map` over a list, or over the keys of a map. */
function runLoop(node: Call, scope: Scope | undefined, run: Run): unknown {
  const [name, receiver, [item, ...bodies]] = node.args;
  const over = evaluate(receiver, scope, run);
  let items: readonly unknown[];
  try {
    items = itemsOf(over, run.budget);
  } catch (error) {
    throw located(error, node, run);
  }
  const inside = (value: unknown): Scope => ({ name: (item as Extract<ASTNode, { op: 'id' }>).args, value, up: scope });
  const [body, last] = bodies as [ASTNode, ASTNode?];
  const holds = (value: unknown) => truth(body, inside(value), run);
  switch (name) {
    case 'all':
      return !some(items, (value) => !holds(value));
    case 'exists':
      return some(items, holds);
    case 'exists_one':
      return items.filter(holds).length === 1;
    case 'filter':
      return items.filter(holds);
    default:
      if (last === undefined) return items.map((value) => evaluate(body, inside(value), run));
      return items.filter(holds).map((value) => evaluate(last, inside(value), run));
  }
}

/** Whether one item decides; a fault counts only where none does. @source cel-spec, macros */
function some(items: readonly unknown[], decides: (item: unknown) => boolean): boolean {
  let fault: unknown;
  for (const item of items) {
    try {
      if (decides(item)) return true;
    } catch (error) {
      if (!(error instanceof ExpressionFault) || error.fatal) throw error;
      fault ??= error;
    }
  }
  if (fault !== undefined) throw fault;
  return false;
}
