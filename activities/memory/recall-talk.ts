import type { RecalledTalk, TalkAsk } from '../../schemas/memory.ts';
import { readSaid, type Said, saidPrint } from '../../store/conversations/read-said.ts';
import type { Store } from '../../store/store.ts';
import { type LexicalIndex, makeLexicalIndex } from './recall/lexical-index.ts';
import { rankMemories } from './recall/rank-memories.ts';

/** What the files say of channels. */
export interface TalkChannels {
  /** Whether words of a channel must not leave. */
  readonly staysHere: (channel: string) => boolean;
  /** Where what is said on it holds; everywhere when undefined. */
  readonly scopesOf: (channel: string) => readonly string[] | undefined;
}

interface Held {
  readonly print: string;
  readonly said: readonly Said[];
  readonly index: LexicalIndex;
}

/**
 * Makes what looks through the conversations of people: opened in the memory of this process, read anew where anything was
 * said, answered or taken back since.
 *
 * @param channels - what holds of a channel's words
 */
export function makeRecallTalk(store: Store, { staysHere, scopesOf }: TalkChannels) {
  const held = new Map<string, Held>();
  const look = async (personId: string): Promise<Held> => {
    const print = await saidPrint(store, personId);
    const known = held.get(personId);
    if (known?.print === print) return known;
    const said = await readSaid(store, personId);
    const fresh = { print, said, index: indexOf(said) };
    held.set(personId, fresh);
    return fresh;
  };
  return async ({ personId, question, limit, leaves, scopes, from, to }: TalkAsk): Promise<RecalledTalk[]> => {
    const all = await look(personId);
    const isShown = ({ channel, at }: Said) => {
      const own = scopesOf(channel);
      const holds = scopes === undefined || own === undefined || own.some((one) => scopes.includes(one));
      return (
        holds &&
        !(leaves === true && staysHere(channel)) &&
        (from === undefined || at >= from) &&
        (to === undefined || at < to)
      );
    };
    const shown = all.said.filter(isShown);
    // What may not be shown must not be seen in what is shown beside it either.
    const index = shown.length === all.said.length ? all.index : indexOf(shown);
    return rankMemories(index, question, limit).map(({ id, why }) => {
      const { inboxId, conversationId, turn, by, text, channel, at } = shown[Number(id)]!;
      return { inboxId, conversationId, turn, by, text, channel, at, why };
    });
  };
}

/** Names are those of whoever speaks: `me` of a question is the person. */
const indexOf = (said: readonly Said[]): LexicalIndex =>
  makeLexicalIndex(
    said.map(({ text, by, at, conversationId }, nth) => ({
      ...{ id: `${nth}`, text, at, thread: conversationId },
      ...(by === 'steward' ? { speaker: 'Steward' } : {}),
    })),
  );
