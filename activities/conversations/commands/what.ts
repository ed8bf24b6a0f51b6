import { z } from 'zod';
import { type ChatDocument, saying } from '../../../schemas/chat-document.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { type FactVersion, factCode } from '../../../schemas/memory.ts';
import { showTimes } from '../../show-time.ts';
import { type ChatCommand, toolOf } from '../chat-command.ts';
import { scopesOf } from '../scopes-of.ts';

const shown = 10;

export const whatCommand: ChatCommand = {
  name: 'what',
  usage: 'do you know about THING',
  does: 'Shows what you told that has to do with something; all of it, newest first, where you name nothing.',
  tool: toolOf({
    does: 'Looks for what the person told before, by words. Ask it before you answer a question about the person.',
    args: z.strictObject({ about: z.string().max(1_000).describe('Words to look for') }),
    words: ({ about }) => [about],
    ...{ effect: false, outside: false },
  }),
  run: async ({ memory, zone, files }, { personId, by, channel }, _words, rest) => {
    const question = rest.replace(/^\s*do you know(\s+about)?\s*/iu, '').replace(/[?？]\s*$/u, '');
    const here = files.current().channels.get(channel)?.privacy === 'local-only';
    const facts = await memory.recall({
      ...{ personId, limit: shown },
      ...(question.trim() === '' ? {} : { question }),
      // What a model is given may go to one on another machine, unless all of this turn stays here.
      leaves: by === 'agent' && !here,
      scopes: scopesOf(files, channel),
    });
    if (facts.length === 0) return [saying('You have told me nothing of that.')];
    const times = showTimes(zone());
    const rows = facts.map(({ factId, text, recordedAt, source }) => [
      ...[factCode(factId), text, times.short(recordedAt), source.channel],
    ]);
    const say: ChatDocument = [{ kind: 'table', head: ['fact', 'what you told', 'when', 'by'], rows }];
    return { say, outside: facts.some(({ localOnly }) => localOnly) };
  },
};

export const whyCommand: ChatCommand = {
  name: 'why',
  usage: 'FACT',
  does: 'Shows where a fact comes from, and what it said before.',
  run: async ({ memory, zone }, { personId }, [named = '']) => {
    if (named === '') throw new StewardError('badInput', 'Name a fact, as /what shows it');
    const times = showTimes(zone());
    const versions = await memory.history(personId, named);
    const rows = versions.map(({ version, change, text, origin, source, recordedAt }) => [
      ...[`${version}`, changeWords[change], text ?? '-', times.short(recordedAt)],
      `${source.channel}${origin === 'agent' ? ', by a model with your word' : ''}`,
    ]);
    const say: ChatDocument = [{ kind: 'table', head: ['version', 'what', 'words', 'when', 'by'], rows }];
    return { say, outside: versions.some(({ localOnly }) => localOnly) };
  },
};

const changeWords: Readonly<Record<FactVersion['change'], string>> = {
  ...{ stated: 'you told it', corrected: 'you said it otherwise', forgotten: 'you took it back' },
  ...{ merged: 'put aside: said twice', archived: 'put aside by a review', restored: 'taken up again' },
};
