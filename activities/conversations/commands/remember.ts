import { z } from 'zod';
import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { type FactAct, factCode } from '../../../schemas/memory.ts';
import { type ChatCommand, type CommandDeps, type Turn, toolOf } from '../chat-command.ts';
import { scopesOf } from '../scopes-of.ts';

const text = z.string().min(1).max(2_000);
const id = z.string().min(4).max(40);

export const rememberCommand: ChatCommand = {
  name: 'remember',
  usage: 'TEXT',
  does: 'Keeps what you say, sealed, until you take it back.',
  tool: toolOf({
    does: 'Keeps one fact about the person, in their own words, for good. Only what the person said themselves.',
    args: z.strictObject({ text }),
    words: ({ text }) => [text],
    ...{ effect: true, outside: false },
  }),
  run: async ({ memory, files }, turn, _words, rest) => {
    const act = actOf(files, turn);
    const scopes = scopesOf(files, turn.channel);
    const { fact, against: all } = await memory.remember(act, { text: rest, ...(scopes && { scopes }) });
    // What a model has had kept is said in the talk that it is shown.
    const against = all.filter(({ localOnly }) => turn.by === 'owner' || act.localOnly || !localOnly);
    const say: ChatDocument = [
      saying('Noted as ', { code: factCode(fact.factId) }, '.'),
      ...against.map((other) =>
        saying(
          ...['You told me before: “', other.text, '”. If that is over, ' as const],
          { code: `/forget ${factCode(other.factId)}` },
          '.',
        ),
      ),
    ];
    return { say, outside: against.some(({ localOnly }) => localOnly) };
  },
};

export const correctCommand: ChatCommand = {
  name: 'correct',
  usage: 'FACT TEXT',
  does: 'Says otherwise what you told before; what it said then stays on record.',
  tool: toolOf({
    does: 'Says otherwise what a fact says. FACT is its id, as `what` shows it.',
    args: z.strictObject({ fact: id, text }),
    words: ({ fact, text }) => [fact, text],
    ...{ effect: true, outside: false },
  }),
  run: async ({ memory, files }, turn, [named = ''], rest) => {
    if (named === '') throw new StewardError('badInput', 'Name the fact to correct, as /what shows it');
    const said = { text: rest.trim().slice(named.length) };
    const { factId, text } = await memory.correct(actOf(files, turn), named, said);
    return [saying({ code: factCode(factId) }, ' says from now on: “', text, '”.')];
  },
};

export const forgetCommand: ChatCommand = {
  name: 'forget',
  usage: 'FACT',
  does: 'Takes back what you told: its key is destroyed, and nobody can read it again.',
  run: async ({ memory, files }, turn, [named = '']) => {
    if (named === '') throw new StewardError('badInput', 'Name the fact to forget, as /what shows it');
    await memory.forget(actOf(files, turn), named);
    return [saying('Forgotten. The conversation in which you said it stays as it is.')];
  },
};

const pinning = (name: 'pin' | 'unpin', does: string): ChatCommand => ({
  ...{ name, usage: 'FACT', does },
  run: async ({ memory, files }, turn, [named = '']) => {
    if (named === '') throw new StewardError('badInput', `Name the fact to ${name}, as /what shows it`);
    const { factId, pinned } = await memory.correct(actOf(files, turn), named, { pinned: name === 'pin' });
    return [
      saying(
        { code: factCode(factId) },
        pinned ? ' is thought of at each question.' : ' is thought of when it is named.',
      ),
    ];
  },
});
export const pinCommand = pinning('pin', 'Has a fact thought of at each question.');
export const unpinCommand = pinning('unpin', 'Has a fact thought of only when it is named.');

/** What is written by a turn: once, however often it is tried. */
function actOf(files: CommandDeps['files'], { personId, actId, by, channel, inboxId }: Turn): FactAct {
  const localOnly = files.current().channels.get(channel)?.privacy === 'local-only';
  return { personId, actId, origin: by, source: { channel, inboxId }, localOnly };
}
