import type { Block, ChatDocument, Inline } from '../schemas/chat-document.ts';
import { visibleLine, visibleText } from '../schemas/visible-text.ts';
import { escapeHtml } from './html-page.ts';
import { tableCells } from './table-cells.ts';
import { inlineLine, inlineLines } from './tidy-inlines.ts';

/**
 * A document as the HTML that Matrix carries in `formatted_body`: h3, p, strong, code, pre, lists, tables and links to
 * the web, and no attribute but `href` and `start`. Each line of a paragraph is a paragraph.
 *
 * @source Matrix client-server specification, m.room.message, org.matrix.custom.html
 */
export function renderHtml(document: ChatDocument): string {
  return document
    .map(htmlBlock)
    .filter((html) => html !== '')
    .join('\n');
}

function htmlBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return element('h3', escapeHtml(visibleLine(block.text)));
    case 'paragraph':
      return inlineLines(block.inlines)
        .map((line) => element('p', htmlInlines(line)))
        .join('');
    case 'list':
      return htmlList(block);
    case 'table':
      return htmlTable(block);
    case 'code': {
      const text = visibleText(block.text).replace(/\n+$/, '');
      return text === '' ? '' : `<pre><code>${escapeHtml(text)}</code></pre>`;
    }
  }
}

function htmlInlines(inlines: readonly Inline[]): string {
  return inlines.map(htmlInline).join('');
}

function htmlInline(inline: Inline): string {
  if (typeof inline === 'string') return escapeHtml(inline);
  if ('strong' in inline) return element('strong', escapeHtml(inline.strong));
  if ('code' in inline) return element('code', escapeHtml(inline.code));
  return `<a href="${escapeHtml(inline.href)}">${escapeHtml(inline.text)}</a>`;
}

function htmlList(list: Extract<Block, { kind: 'list' }>): string {
  if (list.items.length === 0) return '';
  const items = list.items.map((item) => `<li>${htmlInlines(inlineLine(item))}</li>`).join('');
  if (!list.ordered) return `<ul>${items}</ul>`;
  const start = list.start ?? 1;
  return `${Number.isSafeInteger(start) && start !== 1 ? `<ol start="${start}">` : '<ol>'}${items}</ol>`;
}

function htmlTable(table: Extract<Block, { kind: 'table' }>): string {
  const { head, rows } = tableCells(table);
  const row = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const top = head === undefined ? '' : `<thead>${row('th', head)}</thead>`;
  return element('table', top + element('tbody', rows.map((cells) => row('td', cells)).join('')));
}

function element(tag: string, inside: string): string {
  return inside === '' ? '' : `<${tag}>${inside}</${tag}>`;
}
