import { RE2JS } from 're2js';
import { z } from 'zod';

/** What a pattern may cost. Every step may be taken at every character, so length times steps is what a search costs. */
export const patternLimits = {
  characters: 1_000,
  /** Steps of the compiled pattern: `a{1000}` has a thousand. */
  steps: 1_000,
  /** Characters of a text that are looked at, at most. */
  text: 262_144,
  /** Steps times characters: with more steps less of a text is looked at. 8 million take 0.2 s at worst (2026-11). */
  work: 8_000_000,
} as const;

/** A pattern that a person wrote: RE2 syntax, so that no text makes it hang. @source github.com/google/re2/wiki/Syntax */
export const pattern = z.string().min(1).max(patternLimits.characters).superRefine(checkPattern);

const kept = new Map<string, RE2JS>();
const mostKept = 500;

/**
 * Compiles a pattern once. `(?i)` in it ignores case; nothing else does. Pure but for the ones it keeps.
 *
 * @throws SyntaxError that names column and fault
 */
export function compilePattern(text: string): RE2JS {
  const known = kept.get(text);
  if (known !== undefined) return known;
  if (text.length > patternLimits.characters) {
    throw new SyntaxError(`it has ${text.length} characters, expected at most ${patternLimits.characters}`);
  }
  const compiled = compile(text);
  const steps = compiled.programSize();
  if (steps > patternLimits.steps) {
    throw new SyntaxError(`it has ${steps} steps, expected at most ${patternLimits.steps}: repeat less often`);
  }
  if (kept.size >= mostKept) kept.delete(kept.keys().next().value!);
  kept.set(text, compiled);
  return compiled;
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    throw new SyntaxError(describeFault(text, (error as Error).message), { cause: error });
  }
}

/** RE2 names what is wrong and the part of the pattern from there on, in backquotes. */
function describeFault(text: string, message: string): string {
  const [, what = message, part = ''] = /^error parsing regexp: (.*?)(?:: `(.*)`)?$/s.exec(message) ?? [];
  const at = part === '' ? -1 : text.indexOf(part);
  const hint = /\(\?[=!<]|\\\d/.test(part) ? '; RE2 has no look-around and no back references' : '';
  return `${at === -1 ? '' : `column ${at + 1}: `}${what}${part === '' ? '' : `: ${part.slice(0, 40)}`}${hint}`;
}

function checkPattern(text: string, context: z.RefinementCtx): void {
  try {
    compilePattern(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: `is no pattern (RE2): ${error.message}` });
  }
}
