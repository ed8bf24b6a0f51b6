import type { ChatDocument, Inline } from '../../../schemas/chat-document.ts';

/** A document as plain text. Pure. */
export const renderPlain = (document: ChatDocument): string =>
  blocksOf(document, (inline) => (typeof inline === 'string' ? inline : plainOf(inline))).join('\n\n');

/** A document as the HTML of Matrix; everything that could be markup is escaped. Pure. */
export const renderHtml = (document: ChatDocument): string =>
  blocksOf(document, (inline) => escapeHtml(typeof inline === 'string' ? inline : plainOf(inline)), escapeHtml)
    .map((text) => `<p>${text.replaceAll('\n', '<br>')}</p>`)
    .join('');

function plainOf(inline: Exclude<Inline, string>): string {
  if ('strong' in inline) return inline.strong;
  return 'code' in inline ? inline.code : `${inline.text} (${inline.href})`;
}

function blocksOf(
  document: ChatDocument,
  inlineOf: (inline: Inline) => string,
  clean: (text: string) => string = (text) => text,
): string[] {
  const line = (inlines: readonly Inline[]) => inlines.map(inlineOf).join('');
  return document.map((block) => {
    if (block.kind === 'paragraph') return line(block.inlines);
    if (block.kind === 'list') return block.items.map((item) => `- ${line(item)}`).join('\n');
    if (block.kind !== 'table') return clean(block.text);
    return [block.head, ...block.rows].map((row) => clean(row.join(' | '))).join('\n');
  });
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
