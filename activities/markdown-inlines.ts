import type { Inline } from '../schemas/chat-document.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { joiner } from './without-triggers.ts';

/** Inlines of one line as Markdown. @param inlines - tidied, so without a newline */
export function markdownInlines(inlines: readonly Inline[]): string {
  let line = '';
  let linked = false;
  for (const inline of inlines) {
    if (typeof inline === 'string') {
      line += escapeMarkdown(inline);
      continue;
    }
    // Keeps `!` away from a link, a backtick from a backtick, and a sign of a mention from its name.
    if (/[^\s\p{L}\p{N}]$/u.test(line)) line += joiner;
    // Mattermost would look for the end of the link before in here.
    if ('code' in inline) line += codeSpan(linked ? inline.code.replaceAll('](', `]${joiner}(`) : inline.code);
    else if ('strong' in inline) line += strongSpan(inline.strong);
    else {
      line += `[${escapeMarkdown(inline.text)}](${escapeHref(inline.href)})`;
      linked = true;
    }
  }
  return line;
}

/** A fence or a pair of marks that no run of backticks in the text can close. */
export function backticks(text: string, least: number): string {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(runs.reduce((most, run) => Math.max(most, run.length + 1), least));
}

function codeSpan(text: string): string {
  const code = text.replaceAll('\u2424', '\u21b5');
  const marks = backticks(code, 1);
  const pad = /^`|`$|^ .* $/.test(code) ? ' ' : '';
  return marks + pad + code + pad + marks;
}

function strongSpan(text: string): string {
  const inside = text.trim();
  const [before, after] = [text.slice(0, text.indexOf(inside)), text.slice(text.indexOf(inside) + inside.length)];
  // Two asterisks beside a sign that is no letter may be no bold.
  const first = /^[\p{L}\p{N}]/u.test(inside) ? '' : joiner;
  const last = /[\p{L}\p{N}]$/u.test(inside) ? '' : joiner;
  return `${before}**${first}${escapeMarkdown(inside)}${last}**${after}`;
}

/** Of what `safeHref` lets through, Markdown would read only a reference to a sign as another sign. */
function escapeHref(href: string): string {
  return href.replace(/&(?=#?\w+;)/g, '&amp;');
}
