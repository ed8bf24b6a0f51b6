import { RE2JS } from 're2js';

/** Text beyond this is not looked at. */
const mostChars = 65_536;
const known = new Map<string, RE2JS>();
const mostKnown = 500;

/** Whether a text holds what a pattern of a trigger's file says (RE2: linear in the length of the text). */
export function matchPattern(pattern: string, text: string): boolean {
  let compiled = known.get(pattern);
  if (compiled === undefined) {
    if (known.size >= mostKnown) known.clear();
    compiled = RE2JS.compile(pattern);
    known.set(pattern, compiled);
  }
  return compiled.matcher(text.slice(0, mostChars)).find();
}
