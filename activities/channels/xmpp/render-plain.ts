import type { Block, ChatDocument, Inline } from '../../../schemas/chat-document.ts';

/** Writes a document as plain text, for a channel that shows no markup. Pure. */
export function renderPlain(document: ChatDocument): string {
  return document.map(block).join('\n\n');
}

function block(one: Block): string {
  if (one.kind === 'heading' || one.kind === 'code') return one.text;
  if (one.kind === 'paragraph') return line(one.inlines);
  if (one.kind === 'table') return [one.head, ...one.rows].map((row) => row.join(' | ')).join('\n');
  return one.items.map((item, at) => `${one.ordered === true ? `${at + 1}.` : '-'} ${line(item)}`).join('\n');
}

const line = (inlines: readonly Inline[]) => inlines.map(inline).join('');

function inline(one: Inline): string {
  if (typeof one === 'string') return one;
  if ('strong' in one) return one.strong;
  return 'code' in one ? one.code : `${one.text} (${one.href})`;
}
