import { type ChatCommand as Command, parseCommand } from '../../schemas/chat-command.ts';
import { type ChatDocument, saying } from '../../schemas/chat-document.ts';
import type { IncomingMessage } from '../../schemas/chat-message.ts';
import { failures, StewardError } from '../../schemas/errors.ts';
import { nearestWord } from '../../schemas/nearest-word.ts';
import type { Came, CommandDeps, Turn } from './chat-command.ts';
import { allCommands } from './commands/all-commands.ts';
import { helpDocument } from './commands/help.ts';

/** What is to be done with a turn: say something, or have a model think. */
export type TurnWay = { readonly say: ChatDocument; readonly outside: boolean } | { readonly think: true };

/**
 * What Steward says to a message: what a command came to, or that a model is to think about it. Nothing where it is not
 * spoken to, and where the message set off a trigger, which answers in its own way.
 */
export async function answerMessage(deps: CommandDeps, turn: Turn, message: IncomingMessage): Promise<TurnWay> {
  const fired = (await deps.dispatch.fireForTurn(turn.inboxId)) > 0;
  if (!message.addressed) return plainly([]);
  if (message.incomplete !== undefined && message.text === '')
    return plainly([saying(`I cannot read this: ${message.incomplete}.`)]);
  const command = parseCommand(message.text);
  if (command !== undefined) return await runCommand(deps, turn, command);
  if (fired) return plainly([]);
  const { models, instance } = deps.files.current();
  return models.models.length > 0 && instance.agent.enabled ? { think: true } : plainly(withoutModel);
}

async function runCommand(deps: CommandDeps, turn: Turn, { name, words, rest }: Command): Promise<TurnWay> {
  if (name === 'help') return plainly(helpDocument(allCommands));
  const known = allCommands.find((one) => one.name === name);
  if (known === undefined) return plainly(unknownCommand(name));
  const came = await runSafely(() => known.run(deps, turn, words, rest));
  return 'say' in came ? came : { say: came, outside: known.outside === true };
}

/** Does what a command does; what is wrong with it becomes a sentence with the remedy. @throws what is to be tried again */
export async function runSafely(run: () => Promise<Came>): Promise<Came> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof StewardError) || failures[error.code].kind === 'again') throw error;
    return [saying(`${error.message}. ${failures[error.code].remedy}`)];
  }
}

const plainly = (say: ChatDocument): TurnWay => ({ say, outside: false });

const withoutModel: ChatDocument = [
  saying('No model is set up, so I understand commands only. ', { code: '/help' }, ' lists them.'),
];

function unknownCommand(name: string): ChatDocument {
  const near = nearestWord(name, [...allCommands.map((one) => one.name), 'help']);
  return [
    saying(
      'There is no command ',
      { code: `/${name}` },
      ...(near === undefined ? ['. '] : ['; did you mean ', { code: `/${near}` }, '? ']),
      { code: '/help' },
      ' lists them.',
    ),
  ];
}
