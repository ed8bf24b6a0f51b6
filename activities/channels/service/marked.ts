import { decodeTime } from 'ulid';
import type { ChatDocument } from '../../../schemas/chat-document.ts';
import { visibleLine } from '../../../schemas/visible-text.ts';
import { renderMarkdown } from '../../chat-markdown.ts';
import { renderPlain } from '../../chat-plain.ts';

/** What our own words end with where Markdown is shown: a comment that nobody sees, by which a copy is known. */
export const markOf = (id: string): string => `<!-- steward:${id} -->`;

/** A document as Markdown with its mark. */
export const markedMarkdown = (id: string, document: ChatDocument): string =>
  `${renderMarkdown(document)}\n\n${markOf(id)}`;

/** When a message was minted: its id says so. @param id - `OutgoingChat.id` */
export const mintedAt = (id: string): Date => new Date(decodeTime(id.slice(4).toUpperCase()));

/** The same with room for a clock that goes differently at the far side. */
export const mintedBefore = (id: string): Date => new Date(mintedAt(id).getTime() - 600_000);

/** What an issue is called: the first heading, or the first words. */
export function titleOf(document: ChatDocument): string {
  const heading = document.find((block) => block.kind === 'heading');
  const words = heading?.kind === 'heading' ? heading.text : renderPlain(document).split('\n', 1)[0]!;
  return visibleLine(words, 120) || 'A message of Steward';
}
