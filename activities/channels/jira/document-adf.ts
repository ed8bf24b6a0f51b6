import type { Block, ChatDocument, Inline } from '../../../schemas/chat-document.ts';
import { visibleLine, visibleText } from '../../../schemas/visible-text.ts';
import { safeHref } from '../../safe-href.ts';
import { tableCells } from '../../table-cells.ts';
import { inlineLine, inlineLines } from '../../tidy-inlines.ts';

type Node = Readonly<Record<string, unknown>>;

/** A document in the Atlassian Document Format. @source developer.atlassian.com/cloud/jira/platform/apis/document/structure */
export const documentAdf = (document: ChatDocument): Node => ({
  ...{ type: 'doc', version: 1 },
  content: document.flatMap(blockNodes),
});

function blockNodes(block: Block): Node[] {
  switch (block.kind) {
    case 'heading': {
      const text = visibleLine(block.text);
      return text === '' ? [] : [{ type: 'heading', attrs: { level: 3 }, content: [textNode(text)] }];
    }
    case 'paragraph': {
      const lines = inlineLines(block.inlines);
      const content = lines.flatMap((line, at) => [...(at > 0 ? [{ type: 'hardBreak' }] : []), ...inlineNodes(line)]);
      return content.length === 0 ? [] : [{ type: 'paragraph', content }];
    }
    case 'list': {
      const content = block.items.map((item) => ({
        type: 'listItem',
        content: [{ type: 'paragraph', content: inlineNodes(inlineLine(item)) }],
      }));
      if (content.length === 0) return [];
      return [
        block.ordered
          ? { type: 'orderedList', attrs: { order: block.start ?? 1 }, content }
          : { type: 'bulletList', content },
      ];
    }
    case 'table':
      return tableNodes(block);
    case 'code': {
      const text = visibleText(block.text).replace(/\n+$/, '');
      const attrs = block.language === undefined ? {} : { attrs: { language: block.language } };
      return text === '' ? [] : [{ type: 'codeBlock', ...attrs, content: [{ type: 'text', text }] }];
    }
  }
}

function tableNodes(block: Extract<Block, { kind: 'table' }>): Node[] {
  const { columns, head, rows } = tableCells(block);
  if (columns === 0) return [];
  const row = (cells: readonly string[], type: 'tableHeader' | 'tableCell'): Node => ({
    type: 'tableRow',
    content: cells.map((cell) => ({
      type,
      content: [{ type: 'paragraph', content: cell === '' ? [] : [textNode(cell)] }],
    })),
  });
  const content = [
    ...(head === undefined ? [] : [row(head, 'tableHeader')]),
    ...rows.map((cells) => row(cells, 'tableCell')),
  ];
  return [{ type: 'table', content }];
}

const inlineNodes = (inlines: readonly Inline[]): Node[] => inlines.flatMap(inlineNode);

/** A text node must not be empty. */
function inlineNode(inline: Inline): Node[] {
  if (typeof inline === 'string') return inline === '' ? [] : [textNode(inline)];
  if ('strong' in inline) return inline.strong === '' ? [] : [textNode(inline.strong, { type: 'strong' })];
  if ('code' in inline) return inline.code === '' ? [] : [textNode(inline.code, { type: 'code' })];
  const href = safeHref(inline.href);
  const text = inline.text === '' ? inline.href : inline.text;
  return [href === undefined ? textNode(text) : textNode(text, { type: 'link', attrs: { href } })];
}

const textNode = (text: string, ...marks: Node[]): Node => ({
  type: 'text',
  text,
  ...(marks.length === 0 ? {} : { marks }),
});
