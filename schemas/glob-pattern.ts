import { RE2JS } from 're2js';

/** Letters of a pattern that mean themselves. */
const plain = (text: string) => RE2JS.quote(text);

/**
 * Whether a file's name fits a glob: `*`, `?`, `[a-z]`, `[!a-z]`, `{a,b}`. RE2 underneath, so that no name makes it
 * hang. What is not closed means itself. Pure.
 *
 * @throws SyntaxError for a range that runs backwards, such as `[z-a]`
 */
export function globPattern(glob: string): (name: string) => boolean {
  const pattern = compile(glob);
  return (name) => pattern.matcher(name).find();
}

function compile(glob: string): RE2JS {
  try {
    return RE2JS.compile(`^(?:${translate(glob)})$`, RE2JS.DOTALL);
  } catch (cause) {
    const [, range] = /`(.*)`$/s.exec((cause as Error).message) ?? [];
    throw new SyntaxError(`it has a range that runs backwards${range === undefined ? '' : `: ${range}`}`, { cause });
  }
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
