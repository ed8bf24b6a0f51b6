import type { Block, ChatDocument, Inline } from '../schemas/chat-document.ts';
import { visibleLine, visibleText } from '../schemas/visible-text.ts';
import { renderPlain } from './chat-plain.ts';
import { inlineLine, inlineLines } from './tidy-inlines.ts';
import { joiner, withoutTriggers } from './without-triggers.ts';

/**
 * A document in Slack's own markup. Text in it is only text: `<!channel>` stays a word. Tables are columns in
 * letters of one width, since Slack has none. Send it with neither `parse` nor `link_names`.
 *
 * @source Slack, "Formatting message text": `&`, `<` and `>` are all that is escaped
 */
export function renderMrkdwn(document: ChatDocument): string {
  let text = '';
  let before: Block['kind'] | undefined;
  for (const block of document) {
    const shown = mrkdwnBlock(block);
    if (shown === '') continue;
    if (before !== undefined) text += before === 'heading' ? '\n' : '\n\n';
    text += shown;
    before = block.kind;
  }
  return text;
}

function mrkdwnBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return bold(visibleLine(block.text));
    case 'paragraph':
      return inlineLines(block.inlines).map(mrkdwnLine).join('\n');
    case 'list': {
      const start = block.start ?? 1;
      const mark = (at: number) => (block.ordered ? `${start + at}.` : '\u2022');
      return block.items.map((item, at) => `${mark(at)} ${mrkdwnLine(inlineLine(item))}`.trimEnd()).join('\n');
    }
    case 'table':
      return fenced(renderPlain([block]));
    case 'code':
      return fenced(visibleText(block.text).replace(/\n+$/, ''));
  }
}

/** A line that begins with the sign of a quote would be one. */
function mrkdwnLine(inlines: readonly Inline[]): string {
  return inlines
    .map(mrkdwnInline)
    .join('')
    .replace(/^(?=&gt;)/, joiner);
}

function mrkdwnInline(inline: Inline): string {
  if (typeof inline === 'string') return escapeText(inline);
  if ('strong' in inline) return bold(inline.strong);
  // Slack cannot show a backtick within code.
  if ('code' in inline) return inline.code.includes('`') ? escapeText(inline.code) : `\`${escapeSigns(inline.code)}\``;
  return `<${escapeSigns(inline.href)}|${escapeText(inline.text)}>`;
}

function bold(text: string): string {
  const inside = text.trim();
  return inside === '' ? text : text.replace(inside, () => `*${escapeText(inside)}*`);
}

function fenced(text: string): string {
  return text === '' ? '' : `\`\`\`\n${escapeSigns(text).replace(/`(?=`)/g, `\`${joiner}`)}\n\`\`\``;
}

/** Slack has no escape for the marks of bold and the like; a joiner on both sides keeps them from being a pair. */
function escapeText(text: string): string {
  return escapeSigns(
    withoutTriggers(text).replace(/(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])|`/gu, `${joiner}$&${joiner}`),
  );
}

function escapeSigns(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
