import type { Block, ChatDocument, Inline } from '../schemas/chat-document.ts';
import { visibleLine, visibleText } from '../schemas/visible-text.ts';
import { columnsOf } from './plain-lines.ts';
import { tableCells } from './table-cells.ts';
import { inlineLine, inlineLines } from './tidy-inlines.ts';

/**
 * A document as plain text, for XMPP, mail, the API and a terminal: lists with `- ` or `1. `, tables in columns, links
 * as `text <href>`. Nothing is escaped, since nothing here is markup; no newline at the end.
 */
export function renderPlain(document: ChatDocument): string {
  let text = '';
  let before: Block['kind'] | undefined;
  for (const block of document) {
    const lines = plainLines(block);
    if (lines === '') continue;
    if (before !== undefined) text += before === 'heading' ? '\n' : '\n\n';
    text += lines;
    before = block.kind;
  }
  return text;
}

function plainLines(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return visibleLine(block.text);
    case 'paragraph':
      return inlineLines(block.inlines).map(plainInlines).join('\n');
    case 'list':
      return plainList(block);
    case 'table':
      return plainTable(block);
    case 'code':
      return visibleText(block.text).replace(/\n+$/, '');
  }
}

function plainInlines(inlines: readonly Inline[]): string {
  return inlines.map(plainInline).join('');
}

function plainInline(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  if ('strong' in inline) return inline.strong;
  if ('code' in inline) return inline.code;
  return inline.text === inline.href ? inline.href : `${inline.text} <${inline.href}>`;
}

function plainList(list: Extract<Block, { kind: 'list' }>): string {
  const start = list.start ?? 1;
  return list.items
    .map((item, at) => `${list.ordered ? `${start + at}.` : '-'} ${plainInlines(inlineLine(item))}`.trimEnd())
    .join('\n');
}

function plainTable(table: Extract<Block, { kind: 'table' }>): string {
  const { columns, head, rows } = tableCells(table);
  const shown = head === undefined ? rows : [head, ...rows];
  const widths = Array.from({ length: columns }, (_, at) =>
    shown.reduce((most, row) => Math.max(most, columnsOf(row[at] ?? '')), 0),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - columnsOf(cell)))
      .join('  ')
      .trimEnd();
  if (head === undefined) return rows.map(line).join('\n');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
