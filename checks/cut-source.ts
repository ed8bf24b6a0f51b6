import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Fills the places of a page that are cut from the source. A place is `<!-- cut PATH from TEXT -->` and the block after
 * it: from the first line that holds TEXT to the line that closes what it opens.
 *
 * @throws RangeError where the file has no such line
 */
export function cutSource(root: string, page: string): string {
  const place = /(<!-- cut (\S+) from (.+?) -->\n)(?:```ts\n[\s\S]*?\n```\n)?/g;
  return page.replace(place, (_whole, mark: string, file: string, text: string) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const first = lines.findIndex((line) => line.includes(text));
    if (first < 0) throw new RangeError(`Cannot cut ${file}: no line holds "${text}"`);
    const indent = /^ */.exec(lines[first] ?? '')?.[0] ?? '';
    const length = lines.slice(first).findIndex((line) => line.startsWith(`${indent}}`)) + 1;
    const cut = lines.slice(first, first + length).map((line) => line.slice(indent.length));
    return `${mark}\`\`\`ts\n${cut.join('\n')}\n\`\`\`\n`;
  });
}
