import { spawnSync } from 'node:child_process';
import { StewardError } from '../schemas/errors.ts';
import { asWords } from './doctor-models.ts';
import type { Command } from './package-commands.ts';

/** What failed, and what would mend it, where that can be done by commands. */
export interface Fix {
  readonly id: string;
  readonly commands?: readonly Command[];
}

/**
 * Runs what mends findings, after showing it and asking. Everything is said on stderr.
 *
 * @param yes - without asking
 * @returns whether anything was run
 * @throws badInput where nothing can be mended so, where nobody can be asked, or where a command needs root
 */
export async function fixFindings(fixes: readonly Fix[], yes: boolean): Promise<boolean> {
  if (fixes.length === 0) return false;
  const can = fixes.filter(({ commands }) => commands !== undefined);
  const cannot = fixes.filter(({ commands }) => commands === undefined).map(({ id }) => id);
  if (cannot.length > 0) say(`Not by --fix, see the remedy: ${cannot.join(', ')}`);
  if (can.length === 0) return false;
  const commands = can.flatMap((fix) => fix.commands!);
  for (const { id, commands: own } of can) say(`${id}:\n${own!.map((one) => `  ${asWords(one)}`).join('\n')}`);
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && commands.some(([program]) => program !== './steward'))
    throw new StewardError(
      'badInput',
      'Nothing was run: a package manager needs root; run the commands above with sudo',
    );
  if (!yes && !(await agreed())) return false;
  for (const command of commands) {
    say(`$ ${asWords(command)}`);
    const [program, ...args] = command;
    const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2] });
    if (status !== 0)
      throw new StewardError(
        'badInput',
        `${asWords(command)} ended with ${error?.message ?? `code ${status}`}; nothing more was run`,
      );
  }
  return true;
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new StewardError('badInput', 'Nothing was run: --yes is missing, and there is no terminal to ask');
  const { confirm } = await import('@inquirer/prompts');
  return await confirm({ message: 'Run these?', default: false });
}

const say = (line: string) => process.stderr.write(`${line}\n`);
