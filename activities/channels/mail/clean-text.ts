import { visibleText } from '../../../schemas/visible-text.ts';

/** Text of a body: what a person would see of it; line breaks stay, blank lines are folded to one. */
export function cleanText(text: string, maxChars: number): string {
  const lines = visibleText(text.slice(0, maxChars * 2))
    .split('\n')
    .map((line) => line.trimEnd());
  return cut(
    lines
      .join('\n')
      .replace(/\n{3,}/g, '\n\n')
      .trim(),
    maxChars,
  );
}

/** Text of one display field, such as a name or a subject: one line, nothing invisible. */
export function cleanLine(text: string, maxChars: number): string {
  return cut(
    visibleText(text.slice(0, maxChars * 4))
      .replace(/\s+/g, ' ')
      .trim(),
    maxChars,
  );
}

/** Cuts without leaving half of a surrogate pair. */
function cut(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : text.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '');
}
