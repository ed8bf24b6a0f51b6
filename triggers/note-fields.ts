import { compileExpression } from '../schemas/compile-expression.ts';
import { fieldsRead } from '../schemas/fields-read.ts';
import { didYouMean } from '../schemas/nearest-word.ts';
import { eventFieldsOf } from '../schemas/trigger-events.ts';
import type { TriggerFile } from '../schemas/trigger-file.ts';
import { kindOf } from '../schemas/trigger-kinds.ts';

/** What expressions of a file ask of `event` that events of its kind do not have, in sentences. Pure. */
export function noteFields(trigger: Pick<TriggerFile, 'when' | 'condition' | 'map'>): string[] {
  const kind = kindOf(trigger);
  const known = eventFieldsOf(kind);
  const { condition, map } = trigger;
  const { if: wanted, keep } = typeof condition === 'object' ? condition : { if: condition, keep: {} };
  const texts: [string, string, 'condition' | 'map'][] = [
    ...(wanted === undefined ? [] : ([['condition', wanted, 'condition']] as [string, string, 'condition'][])),
    ...Object.entries(keep).map(([name, text]) => [`keep.${name}`, text, 'condition'] as [string, string, 'condition']),
    ...Object.entries(map).map(([name, text]) => [`map.${name}`, text, 'map'] as [string, string, 'map']),
  ];
  return texts.flatMap(([where, text, place]) =>
    fieldsRead(compileExpression(text, place))
      .filter((name) => !known.includes(name))
      .map(
        (name) =>
          `${where} asks for event.${name}, which no event of kind ${kind} has${didYouMean(name, known)}; it has ${known.join(', ')}`,
      ),
  );
}
