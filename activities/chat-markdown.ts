import type { Block, ChatDocument } from '../schemas/chat-document.ts';
import { visibleLine, visibleText } from '../schemas/visible-text.ts';
import { escapeMarkdown, guardLine } from './escape-markdown.ts';
import { backticks, markdownInlines } from './markdown-inlines.ts';
import { tableCells } from './table-cells.ts';
import { inlineLine, inlineLines } from './tidy-inlines.ts';
import { joiner } from './without-triggers.ts';

/** What services colour. Others they would draw or run: mermaid, math, suggestion. */
const languages = new Set(
  `bash c cpp csharp css csv diff dockerfile go html http ini java javascript js json jsonl kotlin log lua makefile
  nginx perl php powershell py python rb ruby rs rust scala sh shell sql swift text toml ts typescript xml yaml yml zsh`.split(
    /\s+/,
  ),
);

/**
 * A document as Markdown for Mattermost, GitHub and GitLab. Text in it is only text: no link, image, mention, heading,
 * fence, formula or command, with backslashes, references to signs and word joiners that show nothing.
 *
 * @source CommonMark 0.31; GitHub Flavored Markdown for tables; the parser of Mattermost
 */
export function renderMarkdown(document: ChatDocument): string {
  const blocks: string[] = [];
  let list: string | undefined;
  for (const block of document) {
    const marks = block.kind === 'list' ? listMarks(block, list) : undefined;
    const text = markdownBlock(block, marks);
    if (text === '') continue;
    blocks.push(text);
    list = marks;
  }
  return blocks.join('\n\n');
}

function markdownBlock(block: Block, marks = '-'): string {
  switch (block.kind) {
    case 'heading':
      return headingLine(visibleLine(block.text));
    case 'paragraph':
      return inlineLines(block.inlines)
        .map((line) => guardLine(markdownInlines(line)))
        .reduce(
          (text, line) => (text === '' ? line : `${text}${text.endsWith('\n') || line === '' ? '' : '  '}\n${line}`),
          '',
        );
    case 'list':
      return markdownList(block, marks);
    case 'table':
      return markdownTable(block);
    case 'code':
      return markdownCode(visibleText(block.text).replace(/\n+$/, ''), block.language ?? '');
  }
}

function headingLine(text: string): string {
  return text === '' ? '' : `### ${escapeMarkdown(text).replace(/#$/, `#${joiner}`)}`;
}

/** Two lists in a row would become one if they had the same marks. */
function listMarks(list: Extract<Block, { kind: 'list' }>, before: string | undefined): string {
  const [first, second] = list.ordered ? ['.', ')'] : ['-', '*'];
  return before === first ? `${second}` : `${first}`;
}

function markdownList(list: Extract<Block, { kind: 'list' }>, marks: string): string {
  const start = list.start ?? 1;
  return list.items
    .map((item, at) => {
      const text = guardLine(markdownInlines(inlineLine(item)));
      return `${list.ordered ? start + at : ''}${marks} ${text === '' ? joiner : text}`;
    })
    .join('\n');
}

function markdownTable(table: Extract<Block, { kind: 'table' }>): string {
  const { columns, head, rows } = tableCells(table);
  if (columns === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const names = head ?? Array.from({ length: columns }, () => '');
  const rule = Array.from({ length: columns }, () => '---');
  return [names.map(escapeMarkdown), rule, ...rows.map((row) => row.map(escapeMarkdown))].map(line).join('\n');
}

function markdownCode(text: string, language: string): string {
  if (text === '') return '';
  const fence = backticks(text, 3);
  return `${fence}${languages.has(language.toLowerCase()) ? language : ''}\n${text}\n${fence}`;
}
