import { z } from 'zod';
import { compileExpression, type ExpressionPlace, expressionLimits } from './compile-expression.ts';

const text = z.string().min(1).max(expressionLimits.characters);

/** An expression in CEL that a person wrote, which gives true or false: no calls into the machine. @source cel.dev */
export const conditionExpression = text.superRefine((words, context) =>
  checkExpression(words, context, 'condition', ['bool', 'dyn']),
);

/** What `state` holds the next time: sees `event`, `state` and `now`. */
export const keepExpression = text.superRefine((words, context) => checkExpression(words, context, 'condition'));

/** An argument made of an event: sees `event` and `now`. */
export const mapExpression = text.superRefine((words, context) => checkExpression(words, context, 'map'));

function checkExpression(
  words: string,
  context: z.RefinementCtx,
  place: ExpressionPlace,
  gives?: readonly string[],
): void {
  try {
    const { type } = compileExpression(words, place);
    if (gives === undefined || gives.includes(type)) return;
    context.addIssue({ code: 'custom', message: `gives ${type}, expected true or false` });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: `is no expression (CEL): ${error.message}` });
  }
}
