import type { Logger } from 'pino';
import { isPostKind } from '../../schemas/channel-file.ts';
import { type ChatDocument, saying } from '../../schemas/chat-document.ts';
import type { IncomingMessage } from '../../schemas/chat-message.ts';
import { failures } from '../../schemas/errors.ts';
import { openMessage } from '../../store/conversations/accept-messages.ts';
import { keepAnswer, nextTurn, readTurn, type SendingLine, unsentOf } from '../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../store/conversations/message-print.ts';
import { renderHtml } from '../chat-html.ts';
import { renderPlain } from '../chat-plain.ts';
import { asFailure } from '../fail.ts';
import { htmlPage } from '../html-page.ts';
import { splitDocument } from '../split-document.ts';
import { answerMessage } from './answer-message.ts';
import type { CommandDeps, Turn } from './chat-command.ts';
import { mirrorsOf } from './mirrors-of.ts';

export interface ConversationDeps extends CommandDeps {
  /** UTF-16 code units that one message of a kind of channel may have. */
  readonly maxCharsOf: (channel: string) => Promise<number>;
  /** Which try of the activity this is, from 1. */
  readonly attempt: () => number;
  readonly log: Pick<Logger, 'error'>;
}

export interface TakenTurn {
  /** What is to be sent, one line beside the other. */
  readonly lines: readonly SendingLine[];
}

/** What a mended worker may still do; after that the turns behind it go on. */
const triesOfABug = 5;

/** Turns of conversations: which is next, and what is said to it. */
export function makeConversationActivities(deps: ConversationDeps) {
  const { store } = deps;
  return {
    /** The first turn that nobody has answered; undefined where there is none. Reads only. @throws storeBusy */
    next: ({ conversationId }: { conversationId: string }): Promise<{ inboxId: string } | undefined> =>
      nextTurn(store, conversationId),

    /** Answers one turn. May be repeated: the first answer stays, and a command acts once for its turn. @throws notFound, storeBusy */
    answer: async ({ inboxId }: { inboxId: string }): Promise<TakenTurn> => {
      const row = await readTurn(store, inboxId);
      if (row.answeredAt !== null) return { lines: await unsentOf(store, row) };
      const turn = { inboxId, personId: row.personId, channel: await channelOfTurn(store, row.accountId) };
      const message = openMessage(store, row);
      const document = await answerOf(turn, message);
      const mirrors = await mirrorsOf(deps, { ...turn, accountId: row.accountId }, message, document);
      return { lines: await keepAnswer(store, inboxId, await partsOf(document, row.channel), mirrors) };
    },
  };

  async function answerOf(turn: Turn, message: IncomingMessage): Promise<ChatDocument> {
    try {
      return await answerMessage(deps, turn, message);
    } catch (error) {
      const { type } = asFailure(error) as { type?: string };
      const passes = type !== undefined && type in failures;
      if (passes || deps.attempt() < triesOfABug) throw error;
      deps.log.error({ turn: turn.inboxId, err: error }, 'a turn could not be answered');
      return [saying('That went wrong inside Steward and is in its log; nothing else waits for it.')];
    }
  }

  async function partsOf(document: ChatDocument, channel: string) {
    const parts = splitDocument(document, await deps.maxCharsOf(channel), renderPlain);
    const page = isPostKind(channel)
      ? (part: ChatDocument) => ({ html: htmlPage('Steward', renderHtml(part)) })
      : () => ({});
    return parts.map((part) => ({ document: part, text: renderPlain(part), ...page(part) }));
  }
}
