import { z } from 'zod';
import { duration } from '../common.ts';
import { globPattern } from '../glob-pattern.ts';

/** A path appears or changes on the machine where Steward runs. */
export const fileWhen = z.strictObject({
  file: z.strictObject({
    path: z
      .string()
      .min(1)
      .describe('A file or folder; ~/ is the home of the user, a relative path starts at STEWARD_HOME'),
    match: z
      .string()
      .min(1)
      .max(200)
      .superRefine(checkGlob)
      .optional()
      .describe('In a folder: names that count, such as *.pdf; all when left out'),
    on: z
      .array(z.enum(['appears', 'changes', 'vanishes']))
      .min(1)
      .default(['appears', 'changes']),
    settle: duration
      .default(2_000)
      .describe('It counts once it has not changed for so long, so that half a file is none'),
  }),
});

function checkGlob(text: string, context: z.RefinementCtx): void {
  try {
    globPattern(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: `is no glob: ${error.message}` });
  }
}
