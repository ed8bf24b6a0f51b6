import { RE2JS } from 're2js';
import { z } from 'zod';

/** A pattern that a person wrote: RE2 syntax, so that no text makes it hang. @source github.com/google/re2/wiki/Syntax */
export const pattern = z.string().min(1).max(1_000).superRefine(checkPattern);

function checkPattern(text: string, context: z.RefinementCtx): void {
  try {
    RE2JS.compile(text);
  } catch (error) {
    const words = (error as Error).message;
    context.addIssue({ code: 'custom', message: `is no pattern (RE2): ${words}` });
  }
}
