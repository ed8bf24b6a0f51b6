import { parse } from '@marcbachmann/cel-js';
import { z } from 'zod';

/** An expression that a person wrote, in CEL: no loops, no calls into the machine. @source cel.dev, cel-spec */
export const expression = z.string().min(1).max(2_000).superRefine(checkExpression);

function checkExpression(text: string, context: z.RefinementCtx): void {
  try {
    parse(text);
  } catch (error) {
    const [words = ''] = (error as Error).message.split('\n');
    context.addIssue({ code: 'custom', message: `is no expression (CEL): ${words}` });
  }
}
