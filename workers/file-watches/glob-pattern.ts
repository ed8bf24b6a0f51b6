import { RE2JS } from 're2js';

/** Letters of a pattern that mean themselves. */
const plain = (text: string) => RE2JS.quote(text);

/**
 * Whether a file's name fits a glob: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`. RE2 underneath, so that no name makes it
 * hang. What is not closed means itself.
 */
export function globPattern(glob: string): (name: string) => boolean {
  const pattern = RE2JS.compile(`^(?:${translate(glob)})$`, RE2JS.DOTALL);
  return (name) => pattern.matcher(name).find();
}

function translate(glob: string): string {
  const parts = /\[(!?)([^\]]+)\]|\{([^{}]*)\}|\\(.)|([*?])|([\s\S])/gu;
  let text = '';
  for (const [, not, range, choices, escaped, wild, letter] of glob.matchAll(parts)) {
    if (range !== undefined) text += `[${not === '!' ? '^' : ''}${range.replace(/[\\^[&]/g, '\\$&')}]`;
    else if (choices !== undefined) text += `(?:${choices.split(',').map(translate).join('|')})`;
    else if (wild !== undefined) text += wild === '*' ? '.*' : '.';
    else text += plain(escaped ?? letter ?? '');
  }
  return text;
}
