import type { Inline } from '../schemas/chat-document.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { wordCutPoint } from './cut-text.ts';
import { safeHref } from './safe-href.ts';

/**
 * Cuts inlines at the last blank before which all fits, else between graphemes; each piece keeps its kind, and a link
 * its address.
 *
 * @returns the two parts, of which the second may be empty; undefined where nothing that can be seen fits
 */
export function cutInlines(
  inlines: readonly Inline[],
  fits: (part: readonly Inline[]) => boolean,
): [Inline[], Inline[]] | undefined {
  const shown = inlines.map(showHref);
  const text = shown.map(textOf).join('');
  const at = wordCutPoint(text, (end) => fits(sliceInlines(shown, 0, end)));
  if (visibleText(text.slice(0, at)).trim() === '') return undefined;
  return [sliceInlines(shown, 0, at), sliceInlines(shown, at, text.length)];
}

/** The words of an inline, without its address. */
export function textOf(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  if ('strong' in inline) return inline.strong;
  return 'code' in inline ? inline.code : inline.text;
}

/** A link without words shows its address, which is what is to be cut then. */
function showHref(inline: Inline): Inline {
  if (typeof inline === 'string' || !('href' in inline) || visibleText(inline.text).trim() !== '') return inline;
  return { ...inline, text: safeHref(inline.href) ?? '' };
}

function sliceInlines(inlines: readonly Inline[], from: number, to: number): Inline[] {
  const slices: Inline[] = [];
  let start = 0;
  for (const inline of inlines) {
    const text = textOf(inline);
    const piece = text.slice(Math.max(0, from - start), Math.max(0, to - start));
    start += text.length;
    if (piece !== '') slices.push(piece === text ? inline : withText(inline, piece));
    if (start >= to) break;
  }
  return slices;
}

function withText(inline: Inline, text: string): Inline {
  // A link without words would show its address once more.
  if (typeof inline === 'string' || text.trim() === '') return text;
  if ('strong' in inline) return { strong: text };
  return 'code' in inline ? { code: text } : { ...inline, text };
}
