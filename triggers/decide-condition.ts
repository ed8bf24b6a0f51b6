import { evaluate } from '@marcbachmann/cel-js';
import type { Trigger } from '../schemas/trigger-file.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Decided {
  readonly pass: boolean;
  /** Why it does not pass; no value of the event is in it. */
  readonly reason?: string;
  /** What `state` holds from now on; undefined where it stays. */
  readonly state?: Json;
}

/** Decides a trigger's condition over an event and what the trigger remembers. Never throws. Pure. */
export function decideCondition(trigger: Pick<Trigger, 'condition'>, event: Json, state: Json): Decided {
  const { condition } = trigger;
  if (condition === undefined) return { pass: true };
  const { if: wanted, keep } = typeof condition === 'string' ? { if: condition, keep: {} } : condition;
  try {
    const pass = evaluate(wanted, { event, state }) === true;
    const kept = Object.entries(keep).map(([name, text]) => [name, plain(evaluate(text, { event, state }))]);
    return {
      pass,
      ...(pass ? {} : { reason: 'its condition does not hold' }),
      ...(kept.length === 0 ? {} : { state: Object.fromEntries(kept) as Json }),
    };
  } catch (error) {
    return { pass: false, reason: `its condition cannot be decided: ${firstLine(error)}` };
  }
}

/** Makes the arguments that `map` asks for. @throws TypeError naming the argument that cannot be made */
export function mapArguments(trigger: Pick<Trigger, 'map'>, event: Json): Json {
  return Object.fromEntries(
    Object.entries(trigger.map).map(([name, text]) => {
      try {
        return [name, plain(evaluate(text, { event }))];
      } catch (error) {
        throw new TypeError(`map.${name} cannot be made: ${firstLine(error)}`);
      }
    }),
  );
}

const firstLine = (error: unknown) => (error as Error).message.split('\n')[0] ?? '';

/** CEL counts in bigint; JSON does not. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value;
}
