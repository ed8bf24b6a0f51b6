import type { Logger } from 'pino';
import { isPostKind } from '../../schemas/channel-file.ts';
import { type ChatDocument, saying } from '../../schemas/chat-document.ts';
import { type Failure, type FailureCode, failures } from '../../schemas/errors.ts';
import { openMessage } from '../../store/conversations/accept-messages.ts';
import {
  keepAnswer,
  nextTurn,
  readTurn,
  type UnsentAnswer,
  unsentAnswers,
} from '../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../store/conversations/message-print.ts';
import { renderHtml } from '../chat-html.ts';
import { renderPlain } from '../chat-plain.ts';
import { asFailure } from '../fail.ts';
import { htmlPage } from '../html-page.ts';
import { splitDocument } from '../split-document.ts';
import { answerMessage } from './answer-message.ts';
import type { CommandDeps } from './chat-command.ts';
import { mirrorsOf } from './mirrors-of.ts';

export interface ConversationDeps extends CommandDeps {
  /** UTF-16 code units that one message of a kind of channel may have. */
  readonly maxCharsOf: (channel: string) => Promise<number>;
  /** Which try of the activity this is, from 1. */
  readonly attempt: () => number;
  readonly log: Pick<Logger, 'error'>;
}

/** Where a conversation stands. */
export interface Standing {
  /** The first turn that nobody has answered. */
  readonly inboxId?: string;
  /** All answers that are to be sent yet, in their order; some may be under way. */
  readonly unsent: readonly UnsentAnswer[];
}

/** What a mended worker may still do; after that the turns behind it go on. */
const mostTries = 5;

/** Turns of conversations: which is next, and what is said to it. */
export function makeConversationActivities(deps: ConversationDeps) {
  const { store, log } = deps;
  return {
    /** The next turn, and what is to be sent. Reads only. @throws storeBusy */
    next: async ({ conversationId }: { conversationId: string }): Promise<Standing> => ({
      ...(await nextTurn(store, conversationId)),
      unsent: await unsentAnswers(store, conversationId),
    }),

    /**
     * Answers one turn. May be repeated: the first answer stays, and a command acts once for its turn. One that cannot be
     * answered ends with a plain sentence, so that the turns behind it go on.
     *
     * @throws storeBusy, temporalBusy
     */
    answer: async ({ inboxId }: { inboxId: string }): Promise<void> => {
      try {
        await answerTurn(inboxId);
      } catch (error) {
        const { type } = asFailure(error) as { type?: string };
        const known: Failure | undefined = failures[type as FailureCode];
        if (known?.kind === 'again' || (known === undefined && deps.attempt() < mostTries)) throw error;
        log.error({ turn: inboxId, err: error }, 'a turn could not be answered');
        await giveUp(inboxId);
      }
    },
  };

  async function answerTurn(inboxId: string): Promise<void> {
    const row = await readTurn(store, inboxId);
    if (row.answeredAt !== null) return;
    const turn = { inboxId, personId: row.personId, channel: await channelOfTurn(store, row.accountId) };
    const message = openMessage(store, row);
    const document = await answerMessage(deps, turn, message);
    const mirrors = await mirrorsOf(deps, { ...turn, accountId: row.accountId }, message, document);
    await keepAnswer(store, inboxId, await partsOf(document, row.channel), mirrors);
  }

  /** Without a word where even that cannot be said, as where a key is gone. */
  async function giveUp(inboxId: string): Promise<void> {
    const { channel } = await readTurn(store, inboxId);
    const words = [saying('That went wrong inside Steward and is in its log; nothing else waits for it.')];
    try {
      await keepAnswer(store, inboxId, await partsOf(words, channel));
    } catch (error) {
      if (failures[(asFailure(error) as { type?: string }).type as FailureCode]?.kind === 'again') throw error;
      await keepAnswer(store, inboxId, []);
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
