import { saying } from '../../schemas/chat-document.ts';
import { type Failure, type FailureCode, failures } from '../../schemas/errors.ts';
import { keepAnswer, nextTurn, readTurn, type TurnRow } from '../../store/conversations/keep-answer.ts';
import { channelOfTurn } from '../../store/conversations/message-print.ts';
import { openMessage } from '../../store/conversations/seal-message.ts';
import { type Unsent, unsentAnswers } from '../../store/conversations/unsent-answers.ts';
import { asFailure } from '../fail.ts';
import { conclude } from './agent/conclude.ts';
import { heed, type Stop } from './agent/heed.ts';
import { sayWorking } from './agent/say-working.ts';
import type { Why } from './agent/thought.ts';
import { answerMessage } from './answer-message.ts';
import type { ConversationDeps } from './conversation-deps.ts';
import { mirrorsOf } from './mirrors-of.ts';
import { partsOfAnswer } from './parts-of-answer.ts';

/** Where a conversation stands, with what is to be sent yet; some of that may be under way. */
export interface Standing extends Unsent {
  /** The first turn that nobody has answered. */
  readonly inboxId?: string;
}

/** What was done with the first turn that nobody had answered, and where its conversation stands then. */
export interface Taken extends Standing {
  /** A model is to think about it; else it is answered. */
  readonly think?: Thinking;
}

/** How a turn goes on that a model is to answer. */
export interface Thinking {
  readonly steps: number;
  readonly withinMs: number;
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
      ...(await unsentAnswers(store, conversationId)),
    }),

    /**
     * Answers the first turn that nobody has answered, or says that a model is to think about it; with it comes what is to
     * be sent. One trip for what `next` and `answer` do. May be repeated, as they may.
     *
     * @returns without `inboxId` where there is no such turn
     * @throws storeBusy, temporalBusy
     */
    take: async ({ conversationId }: { conversationId: string }): Promise<Taken> => {
      const found = await nextTurn(store, conversationId);
      const done = found === undefined ? {} : ((await ending(found.inboxId, () => answerTurn(found.inboxId))) ?? {});
      return { ...found, ...done, ...(await unsentAnswers(store, conversationId)) };
    },

    /**
     * Answers one turn, or says that a model is to think about it. May be repeated: the first answer stays, and a command
     * acts once for its turn. One that cannot be answered ends with a plain sentence, so that the turns behind it go on.
     *
     * @throws storeBusy, temporalBusy
     */
    answer: async ({ inboxId }: { inboxId: string }): Promise<{ think?: Thinking }> =>
      (await ending(inboxId, () => answerTurn(inboxId))) ?? {},

    /** Whether what was said meanwhile stops the turn that is being worked on. Reads only. @throws storeBusy */
    heed: async ({ inboxId }: { inboxId: string }): Promise<{ stop?: Stop }> => await heed(deps, inboxId),

    /** Says once that a turn takes longer, where its channel is one to chat on. May be repeated. @throws storeBusy */
    sayWorking: async ({ inboxId }: { inboxId: string }): Promise<void> => await sayWorking(deps, inboxId),

    /** Ends a turn with what a model said, or why it said nothing. May be repeated: the first answer stays. @throws storeBusy */
    conclude: async (input: { inboxId: string; why?: Why }): Promise<void> => {
      await ending(input.inboxId, () => conclude(deps, input));
    },
  };

  /** Does what ends a turn. What breaks for good ends it with a plain sentence. */
  async function ending<T>(inboxId: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { type } = asFailure(error) as { type?: string };
      const known: Failure | undefined = failures[type as FailureCode];
      if (known?.kind === 'again' || (known === undefined && deps.attempt() < mostTries)) throw error;
      log.error({ turn: inboxId, err: error }, 'a turn could not be answered');
      return void (await giveUp(inboxId));
    }
  }

  async function answerTurn(inboxId: string): Promise<{ think?: Thinking }> {
    const row = await readTurn(store, inboxId);
    if (row.answeredAt !== null) return {};
    if (row.takenBackAt !== null) {
      await keepAnswer(store, inboxId, []);
      return {};
    }
    const named = { inboxId, personId: row.personId, channel: await channelOfTurn(store, row.accountId) };
    const turn = { ...named, actId: inboxId, by: 'owner' as const };
    const message = openMessage(store, row);
    const way = await answerMessage(deps, turn, message);
    if ('think' in way) return await beginThinking(row);
    const mirrors = await mirrorsOf(deps, { ...named, accountId: row.accountId }, message, way.say);
    await keepAnswer(store, inboxId, await partsOf(way.say, row.channel), { mirrors, tainted: way.outside });
    return {};
  }

  async function beginThinking({ id }: TurnRow): Promise<{ think?: Thinking }> {
    const { stop } = await heed(deps, id);
    if (stop !== undefined) {
      await conclude(deps, { inboxId: id, why: stop });
      return {};
    }
    const { steps, within } = deps.files.current().instance.agent;
    return { think: { steps, withinMs: within } };
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

  async function partsOf(document: Parameters<typeof partsOfAnswer>[0], channel: string) {
    return partsOfAnswer(document, channel, await deps.maxCharsOf(channel));
  }
}
