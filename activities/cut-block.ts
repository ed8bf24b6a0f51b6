import type { Block } from '../schemas/chat-document.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { cutInlines } from './cut-inlines.ts';
import { cutTable } from './cut-table.ts';
import { cutPoint, longestFit } from './cut-text.ts';
import { inlineLine } from './tidy-inlines.ts';

type Of<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;
type Fits = (piece: Block) => boolean;
type Cut = [first: Block, ...rest: Block[]] | undefined;

/**
 * Cuts a block in two where its first piece fits: code between lines, a table between rows with its head on both, a
 * list between items, a paragraph at a blank. A line, a row or an item that is too long by itself is cut within.
 *
 * @param alone - whether a piece fits that begins a part
 * @returns undefined where no piece of it fits, and for a heading, which is not cut
 */
export function cutBlock(block: Block, fits: Fits, alone: Fits): Cut {
  switch (block.kind) {
    case 'heading':
      return undefined;
    case 'paragraph': {
      const cut = cutInlines(block.inlines, (inlines) => fits({ ...block, inlines }));
      return (
        cut && [
          { ...block, inlines: cut[0] },
          { ...block, inlines: cut[1] },
        ]
      );
    }
    case 'list':
      return cutList(block, fits);
    case 'table':
      return cutTable(block, fits, alone);
    case 'code':
      return cutCode(block, fits) ?? cutCode({ ...block, text: block.text.replace(/^\s*\n/, '') }, fits);
  }
}

function cutList(list: Of<'list'>, fits: Fits): Cut {
  const upTo = (count: number): Block => ({ ...list, items: list.items.slice(0, count) });
  const after = (count: number): Block => ({
    ...list,
    ...(list.ordered ? { start: (list.start ?? 1) + count } : {}),
    items: list.items.slice(count),
  });
  const whole = longestFit(list.items.length, (count) => fits(upTo(count)));
  if (whole > 0) return [upTo(whole), after(whole)];
  const cut = cutInlines(list.items[0] ?? [], (item) => fits({ ...list, items: [item] }));
  // The rest of an item is no item: it would be counted.
  return cut && [{ ...list, items: [cut[0]] }, { kind: 'paragraph', inlines: inlineLine(cut[1]) }, after(1)];
}

function cutCode(code: Of<'code'>, fits: Fits): Cut {
  const { text } = code;
  const upTo = (end: number): Block => ({ ...code, text: text.slice(0, end) });
  const at = cutPoint(text, (end) => fits(upTo(end)));
  const line = text.lastIndexOf('\n', at);
  const between = at < text.length && text.slice(0, Math.max(0, line)).trim() !== '' && fits(upTo(line));
  const [end, next] = between ? [line, line + 1] : [at, at];
  if (visibleText(text.slice(0, end)).trim() === '') return undefined;
  return [
    { ...code, text: text.slice(0, end) },
    { ...code, text: text.slice(next) },
  ];
}
