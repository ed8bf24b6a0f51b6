import { isPostKind } from '../../schemas/channel-file.ts';
import type { ChatDocument } from '../../schemas/chat-document.ts';
import type { AnswerPart } from '../../store/conversations/keep-answer.ts';
import { renderHtml } from '../chat-html.ts';
import { renderPlain } from '../chat-plain.ts';
import { htmlPage } from '../html-page.ts';
import { splitDocument } from '../split-document.ts';

/** A document as the messages that a kind of channel takes. @param maxChars - UTF-16 code units of one of them */
export function partsOfAnswer(document: ChatDocument, channel: string, maxChars: number): AnswerPart[] {
  const page = isPostKind(channel)
    ? (part: ChatDocument) => ({ html: htmlPage('Steward', renderHtml(part)) })
    : () => ({});
  return splitDocument(document, maxChars, renderPlain).map((part) => ({
    ...{ document: part, text: renderPlain(part) },
    ...page(part),
  }));
}
