import { flushCompileCache } from 'node:module';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { exitCodes, printFailure } from './print.ts';

/** Each command is one file of the same name, which exports `register`. In the order that help shows. */
const names = [
  ...[
    'up',
    'down',
    'status',
    'chat',
    'approvals',
    'outbox',
    'demo',
    'report',
    'runs',
    'fires',
    'incidents',
    'trigger',
    'channel',
    'models',
    'memory',
    'habits',
    'secret',
    'inspect',
  ],
  ...['logs', 'doctor', 'init', 'service'],
];

interface CommandFile {
  register(program: Command): void;
}

const program = new Command('steward')
  .description('A self-hosted assistant that acts on its own and never loses a thread')
  .version('0.1.0')
  .option('--home <folder>', 'the home to work on; STEWARD_HOME or ~/.steward when left out')
  .option('--json', 'print the result as JSON')
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong use, 3 not running, 4 unhealthy.\nFirst steps: steward up',
  )
  .exitOverride()
  .showHelpAfterError();

program.hook('preAction', (_program, command) => {
  const home = command.optsWithGlobals<{ home?: string }>().home;
  if (home !== undefined) process.env.STEWARD_HOME = resolve(home);
});

try {
  // Only the file of the command that was asked for is loaded; help needs all.
  const asked = process.argv.slice(2).find((word, at, all) => !word.startsWith('-') && all[at - 1] !== '--home');
  const wanted = asked !== undefined && names.includes(asked) ? [asked] : names;
  const files = await Promise.all(wanted.map((name) => import(`./${name}.ts`) as Promise<CommandFile>));
  for (const file of files) file.register(program);
  for (const command of allCommands(program)) acceptGlobals(command);
  await program.parseAsync();
} catch (cause) {
  process.exitCode = cause instanceof CommanderError ? usageCode(cause) : printFailure(cause);
}
flushCompileCache();

function usageCode(cause: CommanderError): number {
  return cause.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
}

function allCommands(command: Command): Command[] {
  return command.commands.flatMap((inner) => [inner, ...allCommands(inner)]);
}

/** `steward runs --json` and `steward --json runs` are the same. */
function acceptGlobals(command: Command): void {
  command.exitOverride().showHelpAfterError();
  for (const [flags, text] of [
    ['--home <folder>', 'the home to work on'],
    ['--json', 'print the result as JSON'],
  ] as const) {
    if (!command.options.some((option) => flags.startsWith(option.long ?? '-'))) command.option(flags, text);
  }
}
