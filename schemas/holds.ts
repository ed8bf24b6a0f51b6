import { compilePattern, patternLimits } from './pattern.ts';

/** So many characters of a text are looked at with a pattern of so many steps. Pure. */
export function lookedAt(steps: number): number {
  return Math.min(patternLimits.text, Math.floor(patternLimits.work / steps));
}

/**
 * Whether a text holds a pattern anywhere. Only its first 256 Ki characters are looked at, and less with a pattern of
 * more than 30 steps (`patternLimits`), so that no text costs more than 0.2 s. Pure.
 *
 * @throws SyntaxError where the pattern is none; what a schema has taken is one
 */
export function holds(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  return compiled.test(text.slice(0, lookedAt(compiled.programSize())));
}
