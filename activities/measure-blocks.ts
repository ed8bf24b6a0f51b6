import type { Block } from '../schemas/chat-document.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { renderPlain } from './chat-plain.ts';
import { textOf } from './cut-inlines.ts';

/**
 * Whether blocks hold more signs that can be seen than `maxChars`, told by the beginnings of their texts: what is left
 * of a long text is asked about once for each part that is cut off, and must not be rendered each time.
 *
 * @returns false also where it cannot be told so
 */
export function isSurelyLonger(blocks: readonly Block[], maxChars: number): boolean {
  let seen = 0;
  for (const block of blocks)
    for (const text of textsOf(block)) {
      seen += seenIn(text.slice(0, 4 * maxChars));
      if (seen > maxChars) return true;
    }
  return false;
}

/** Whether anything of a block can be seen. */
export function hasText(block: Block): boolean {
  for (const text of textsOf(block)) {
    if (seenIn(text.slice(0, 100)) > 0) return true;
    if (text.length > 100) break;
  }
  return renderPlain([block]) !== '';
}

function* textsOf(block: Block): Generator<string> {
  switch (block.kind) {
    case 'paragraph':
      for (const inline of block.inlines) yield textOf(inline);
      return;
    case 'list':
      for (const item of block.items) for (const inline of item) yield textOf(inline);
      return;
    case 'table':
      yield* block.head;
      for (const row of block.rows) yield* row;
      return;
    default:
      yield block.text;
  }
}

function seenIn(text: string): number {
  return visibleText(text).replace(/\s+/gu, '').length;
}
