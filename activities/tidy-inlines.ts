import type { Inline } from '../schemas/chat-document.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { safeHref } from './safe-href.ts';

/**
 * The inlines as a renderer takes them: what cannot be seen is gone, neighbours that are plain text are one piece, so
 * that an escape sees what follows, a link goes to the web or is plain text, and only plain text has newlines.
 */
export function tidyInlines(inlines: readonly Inline[]): Inline[] {
  const tidied: Inline[] = [];
  for (const inline of inlines.map(tidyInline)) {
    const last = tidied.at(-1);
    if (inline === '') continue;
    if (typeof inline === 'string' && typeof last === 'string') tidied[tidied.length - 1] = last + inline;
    else tidied.push(inline);
  }
  return tidied;
}

/** The inlines of a paragraph, line by line; a line between others may be empty. */
export function inlineLines(inlines: readonly Inline[]): Inline[][] {
  const lines: Inline[][] = [[]];
  for (const inline of tidyInlines(inlines)) {
    const [first, ...others] = typeof inline === 'string' ? inline.split('\n') : [inline];
    if (first !== undefined && first !== '') lines.at(-1)?.push(first);
    for (const other of others) lines.push(other === '' ? [] : [other]);
  }
  const trimmed = lines.map(trimLine);
  const shown = trimmed.map((line) => line.length > 0);
  return trimmed.slice(Math.max(0, shown.indexOf(true)), shown.lastIndexOf(true) + 1);
}

/** The same on one line, for the items of a list. */
export function inlineLine(inlines: readonly Inline[]): Inline[] {
  return trimLine(
    tidyInlines(inlines).map((inline) => (typeof inline === 'string' ? inline.replace(/\s+/gu, ' ') : inline)),
  );
}

function tidyInline(inline: Inline): Inline {
  if (typeof inline === 'string') return visibleText(inline);
  if ('strong' in inline) {
    const strong = flat(inline.strong);
    return strong.trim() === '' ? strong : { strong };
  }
  if ('code' in inline) {
    const code = flat(inline.code);
    return code.trim() === '' ? code : { code };
  }
  const href = safeHref(inline.href);
  const text = flat(inline.text);
  if (href === undefined) return text;
  return { text: text.trim() === '' || text === inline.href ? href : text, href };
}

function flat(text: string): string {
  return visibleText(text).replace(/\s+/gu, ' ');
}

function trimLine(line: readonly Inline[]): Inline[] {
  return line
    .map((inline, at) => {
      if (typeof inline !== 'string') return inline;
      const begun = at === 0 ? inline.trimStart() : inline;
      return at === line.length - 1 ? begun.trimEnd() : begun;
    })
    .filter((inline) => inline !== '');
}
