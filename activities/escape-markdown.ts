import { joiner, withoutTriggers } from './without-triggers.ts';

/*
 * Brackets are references to signs and not escaped: Mattermost's parser finds the end of a link without heeding
 * backslashes, and reads a double backslash before a word as two. It also takes the sign for a newline as a newline.
 * GitHub looks for formulas before Markdown is read, so a dollar is a reference too.
 */
const references: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '\\': '&#92;',
  '[': '&#91;',
  ']': '&#93;',
  $: '&#36;',
  '\u2424': '&#9252;',
};
const opening = /^(?=[#>+\-=:;/]|\d+[.)]|```)/;

/** One line of text from anywhere as Markdown in which it is only text. At the start of a line, `guardLine` too. */
export function escapeMarkdown(text: string): string {
  return withoutTriggers(text)
    .replace(/[&<\\[\]$\u2424]/g, (sign) => references[sign] ?? '')
    .replace(/[`*_~|]/g, '\\$&');
}

/**
 * A line of Markdown that begins no heading, list, quote, rule or fence and no command to a service.
 *
 * @source GitLab quick actions: a line of a comment that begins with a slash is carried out
 */
export function guardLine(line: string): string {
  return line.replace(opening, joiner);
}
