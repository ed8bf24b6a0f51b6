import type { Block, Inline } from '../schemas/chat-document.ts';
import { textOf } from './cut-inlines.ts';
import { tableCells } from './table-cells.ts';
import { inlineLine } from './tidy-inlines.ts';

/**
 * The same text in a form that takes less room, for a part that is too short for the form: a heading becomes a bold
 * line, a table lines of text, a link its words and its address.
 *
 * @returns undefined for a paragraph of nothing but plain text
 */
export function plainerBlock(block: Block): Block[] | undefined {
  switch (block.kind) {
    case 'heading':
      return [{ kind: 'paragraph', inlines: [{ strong: block.text }] }];
    case 'table': {
      const { head, rows } = tableCells(block);
      const lines = [...(head ? [head] : []), ...rows].map((row) => row.filter((cell) => cell !== '').join('  '));
      return [{ kind: 'paragraph', inlines: [lines.join('\n')] }];
    }
    case 'list': {
      const [first = [], ...items] = block.items;
      const start = block.ordered ? { start: (block.start ?? 1) + 1 } : {};
      return [
        { kind: 'paragraph', inlines: inlineLine(first) },
        { ...block, ...start, items },
      ];
    }
    case 'code': {
      const { language, ...bare } = block;
      return [language === undefined ? { kind: 'paragraph', inlines: [block.text] } : bare];
    }
    case 'paragraph': {
      const at = block.inlines.findIndex((inline) => typeof inline !== 'string');
      const inline = block.inlines[at];
      return inline === undefined ? undefined : [{ ...block, inlines: block.inlines.with(at, plainInline(inline)) }];
    }
  }
}

function plainInline(inline: Inline): string {
  const text = textOf(inline).replace(/\s+/gu, ' ');
  if (typeof inline === 'string' || !('href' in inline) || text === inline.href) return text;
  return `${text} <${inline.href}>`;
}
