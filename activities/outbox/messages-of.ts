import type { ChatDocument } from '../../schemas/chat-document.ts';
import type { RenderedMail } from '../../schemas/outgoing.ts';
import type { StewardMessage } from '../../store/outbox/queue-effect.ts';
import { renderPlain } from '../chat-plain.ts';
import { splitDocument } from '../split-document.ts';

/** A mail as messages of a channel: its plain text says all, in letters of one width. Pure. */
export function messagesOf({ subject, text }: RenderedMail, maxChars: number): StewardMessage[] {
  const document: ChatDocument = [
    { kind: 'heading', text: subject },
    { kind: 'code', text },
  ];
  return splitDocument(document, maxChars, renderPlain).map((part) => ({ document: part, text: renderPlain(part) }));
}
