import type { IncomingMessage } from './chat-message.ts';
import { limits } from './protocol.ts';
import { visibleText } from './visible-text.ts';

/** A comment in a project, as its service tells it: text from outside. */
export interface ProjectComment {
  /** The service's own id of it: an edit and a second delivery have the same. */
  readonly id: string;
  /** Number or key of what it is on: where an answer goes. */
  readonly on: string;
  /** Who wrote it: the id or name that the channel's file has for a person. */
  readonly from: string;
  readonly body: string;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * A comment as a message: what is quoted is left out, and whoever mentions Steward's account speaks to it. Pure.
 *
 * @param mentions - how the account is written where it is mentioned, such as `@steward`
 */
export function messageOfComment(comment: ProjectComment, mentions: readonly string[]): IncomingMessage {
  const shown = visibleText(comment.body)
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .split('\n')
    .filter((line) => !/^\s{0,3}>/.test(line))
    .join('\n')
    .trim();
  let text = shown;
  for (const mention of mentions) text = withoutMention(text, mention);
  return {
    dedupeKey: `comment:${comment.id}`,
    thread: { key: `on:${comment.on}`, kind: 'thread', address: comment.on },
    from: comment.from,
    text: text.slice(0, limits.chatTextChars).toWellFormed(),
    at: comment.at,
    addressed: text !== shown,
  };
}

/** The first mention ends what is before it only where it opens the comment; elsewhere it is a name among words. */
function withoutMention(text: string, mention: string): string {
  const escaped = mention.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`(^|[^\\w@/.-])${escaped}(?![\\w-])[:,]?[ \\t]*`, 'iu').exec(text);
  if (found === null) return text;
  return `${text.slice(0, found.index)}${found[1]}${text.slice(found.index + found[0].length)}`.trim();
}
