import type { ASTNode } from '@marcbachmann/cel-js';
import type { Budget } from './budget.ts';
import { calculate, negate, type Operator } from './calculate.ts';
import { callFunction } from './call-function.ts';
import { areEqual, orderOf } from './compare-values.ts';
import { ExpressionFault } from './expression-fault.ts';
import { type Fields, fieldOf, isFields, keysOf, kindOfValue, wholeNumber } from './values.ts';

/** Works out one part from the values of its own parts, or faults. */
export function applyPart(node: ASTNode, parts: unknown[], budget: Budget): unknown {
  const [left, right] = parts;
  switch (node.op) {
    case '.':
      return field(left, node.args[1]);
    case '[]':
      return item(left, right);
    case '!_':
      if (typeof left === 'boolean') return !left;
      throw new ExpressionFault(`true or false is expected, not ${kindOfValue(left)}`);
    case '-_':
      return negate(left);
    case 'call':
      return callFunction(node.args[0], parts, budget, false);
    case 'rcall':
      return callFunction(node.args[0], parts, budget, true);
    case 'list':
      return parts;
    case 'map':
      return fieldsOf(parts);
    default:
      return compute(node.op, left, right, budget);
  }
}

function compute(op: string, left: unknown, right: unknown, budget: Budget): unknown {
  switch (op) {
    case '==':
      return areEqual(left, right, budget);
    case '!=':
      return !areEqual(left, right, budget);
    case '<':
      return orderOf(left, right, budget) < 0;
    case '<=':
      return orderOf(left, right, budget) <= 0;
    case '>':
      return orderOf(left, right, budget) > 0;
    case '>=':
      return orderOf(left, right, budget) >= 0;
    case 'in':
      return isIn(left, right, budget);
    default:
      return calculate(op as Operator, left, right, budget);
  }
}

function isIn(value: unknown, holder: unknown, budget: Budget): boolean {
  if (Array.isArray(holder)) return holder.some((one) => areEqual(value, one, budget));
  if (isFields(holder)) return fieldOf(holder, value) !== undefined;
  throw new ExpressionFault(`a list or map is expected, not ${kindOfValue(holder)}`);
}

function field(holder: unknown, name: string): unknown {
  if (!isFields(holder)) throw new ExpressionFault(`${kindOfValue(holder)} has no fields`);
  const value = fieldOf(holder, name);
  if (value === undefined) throw new ExpressionFault('there is no such field');
  return value;
}

function item(holder: unknown, key: unknown): unknown {
  if (Array.isArray(holder)) {
    const value = holder[wholeNumber(key)] as unknown;
    if (value === undefined) throw new ExpressionFault('the list is shorter');
    return value;
  }
  if (!isFields(holder)) throw new ExpressionFault(`${kindOfValue(holder)} has no fields`);
  const value = fieldOf(holder, key);
  if (value === undefined) throw new ExpressionFault('there is no such field');
  return value;
}

/** A map that is written out; a key that stands twice is a fault. */
function fieldsOf(parts: readonly unknown[]): Fields {
  const made = new Map<unknown, unknown>();
  for (let at = 0; at < parts.length; at += 2) {
    const key = parts[at];
    if (!['string', 'bigint', 'boolean'].includes(typeof key)) {
      throw new ExpressionFault(`${kindOfValue(key)} is no key of a map`);
    }
    if (made.has(key)) throw new ExpressionFault('a key stands twice');
    made.set(key, parts[at + 1]);
  }
  return made;
}

/** What a loop goes over: a list's items, or a map's keys, which are paid for; anything else faults. */
export function itemsOf(value: unknown, budget: Budget): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isFields(value)) {
    const keys = keysOf(value);
    budget.spend(keys.length);
    return keys;
  }
  throw new ExpressionFault(`a list or map is expected, not ${kindOfValue(value)}`);
}
