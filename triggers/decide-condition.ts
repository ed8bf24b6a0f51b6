import { compileExpression, type ExpressionPlace } from '../schemas/compile-expression.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import { Budget } from './expressions/budget.ts';
import { ExpressionFault } from './expressions/expression-fault.ts';
import { runExpression } from './expressions/run-expression.ts';
import { outputLimits, toJson } from './expressions/to-json.ts';

type Json = Readonly<Record<string, unknown>>;

/** `state` as JSON: it is read and written with every event. */
export const mostStateBytes = 16_384;

export interface Decided {
  readonly pass: boolean;
  /** Why it does not pass; no value of the event is in it. */
  readonly reason?: string;
  /** What `state` holds from now on; undefined where it stays. */
  readonly state?: Json;
}

/**
 * Decides a trigger's condition over an event and what the trigger remembers. Never throws, never takes long. Pure.
 * `keep` is worked out whatever the condition says, so that a first event can fill an empty `state`.
 *
 * @param now - what `now` stands for; an expression that asks for it without is undecided
 */
export function decideCondition(trigger: Pick<Trigger, 'condition'>, event: Json, state: Json, now?: Date): Decided {
  const { condition } = trigger;
  if (condition === undefined) return { pass: true };
  const { if: wanted, keep } = typeof condition === 'string' ? { if: condition, keep: {} } : condition;
  const variables = { event, state, ...(now === undefined ? {} : { now }) };
  const budget = new Budget();
  const verdict = attempt(() => run(wanted, 'condition', variables, budget));
  const kept: [string, unknown][] = [];
  for (const [name, text] of Object.entries(keep)) {
    const made = attempt(() => toJson(run(text, 'condition', variables, budget)));
    if ('fault' in made) return { pass: false, reason: `keep.${name} cannot be made: ${made.fault}` };
    kept.push([name, made.value]);
  }
  const next = Object.fromEntries(kept);
  if (Buffer.byteLength(JSON.stringify(next)) > mostStateBytes) {
    return { pass: false, reason: `keep makes more than ${mostStateBytes} bytes` };
  }
  const remembered = kept.length === 0 ? {} : { state: next };
  if ('fault' in verdict) {
    return { pass: false, reason: `its condition cannot be decided: ${verdict.fault}`, ...remembered };
  }
  if (verdict.value === true) return { pass: true, ...remembered };
  return { pass: false, reason: 'its condition does not hold', ...remembered };
}

/**
 * Makes the arguments that `map` asks for. Never takes long. Pure.
 *
 * @throws TypeError naming the argument that cannot be made, without any value of the event
 */
export function mapArguments(trigger: Pick<Trigger, 'map'>, event: Json, now?: Date): Json {
  const variables = { event, ...(now === undefined ? {} : { now }) };
  const budget = new Budget();
  const made: [string, unknown][] = [];
  let bytes = 0;
  for (const [name, text] of Object.entries(trigger.map)) {
    const one = attempt(() => toJson(run(text, 'map', variables, budget)));
    if ('fault' in one) throw new TypeError(`map.${name} cannot be made: ${one.fault}`);
    bytes += Buffer.byteLength(JSON.stringify(one.value));
    if (bytes > outputLimits.bytes)
      throw new TypeError(`map.${name} cannot be made: all give more than ${outputLimits.bytes} bytes`);
    made.push([name, one.value]);
  }
  return Object.fromEntries(made);
}

function run(text: string, place: ExpressionPlace, variables: Json, budget: Budget): unknown {
  return runExpression(compileExpression(text, place), variables, budget);
}

/** What came of it, or why nothing did; only what is known to hold no value is said. */
function attempt(work: () => unknown): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof ExpressionFault || error instanceof SyntaxError) return { fault: error.message };
    if (error instanceof RangeError) return { fault: 'a value cannot be worked with' };
    throw error;
  }
}
