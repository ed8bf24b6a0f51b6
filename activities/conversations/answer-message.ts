import { parseCommand } from '../../schemas/chat-command.ts';
import { type ChatDocument, saying } from '../../schemas/chat-document.ts';
import type { IncomingMessage } from '../../schemas/chat-message.ts';
import { failures, StewardError } from '../../schemas/errors.ts';
import { nearestWord } from '../../schemas/nearest-word.ts';
import type { ChatCommand, CommandDeps, Turn } from './chat-command.ts';
import { approvalsCommand, approveCommand, denyCommand } from './commands/approve.ts';
import { digestCommand } from './commands/digest.ts';
import { helpDocument } from './commands/help.ts';
import { pairCommand } from './commands/pair.ts';
import { pauseCommand, resumeCommand } from './commands/pause.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { statusCommand } from './commands/status.ts';
import { triggersCommand } from './commands/triggers.ts';

/** In the order of `/help`. */
const commands: readonly ChatCommand[] = [
  statusCommand,
  reportCommand,
  digestCommand,
  triggersCommand,
  runCommand,
  runsCommand,
  pauseCommand,
  resumeCommand,
  approvalsCommand,
  approveCommand,
  denyCommand,
  pairCommand,
];

/**
 * What Steward says to a message: what a command came to, or how it can be spoken to. Nothing where it is not spoken to,
 * and where the message set off a trigger, which answers in its own way.
 */
export async function answerMessage(deps: CommandDeps, turn: Turn, message: IncomingMessage): Promise<ChatDocument> {
  const fired = (await deps.dispatch.fireForTurn(turn.inboxId)) > 0;
  if (!message.addressed) return [];
  if (message.incomplete !== undefined && message.text === '')
    return [saying(`I cannot read this: ${message.incomplete}.`)];
  const command = parseCommand(message.text);
  if (command === undefined) return fired ? [] : withoutModel;
  if (command.name === 'help') return helpDocument(commands);
  const known = commands.find(({ name }) => name === command.name);
  if (known === undefined) return unknownCommand(command.name);
  try {
    return await known.run(deps, turn, command.words);
  } catch (error) {
    if (!(error instanceof StewardError) || failures[error.code].kind === 'again') throw error;
    return [saying(`${error.message}. ${failures[error.code].remedy}`)];
  }
}

const withoutModel: ChatDocument = [
  saying('No model is set up, so I understand commands only. ', { code: '/help' }, ' lists them.'),
];

function unknownCommand(name: string): ChatDocument {
  const near = nearestWord(name, [...commands.map((one) => one.name), 'help']);
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
