import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { type Home, homePlaces } from '../workers/home/open-home.ts';
import { announceStart } from './announce-start.ts';
import { homeRoot } from './home-root.ts';
import { prepareHome, supervisorProgram } from './prepare-home.ts';

interface UpOptions {
  readonly detach?: true;
  readonly announce?: true;
}

/** Keeps the supervisor small: it allocates next to nothing. */
const supervisorFlags = ['--max-semi-space-size=1', '--max-old-space-size=64', '--disable-warning=ExperimentalWarning'];
const cli = fileURLToPath(new URL('./main.ts', import.meta.url));

/** `steward up`: starts everything and stays, or leaves it running with `--detach`. */
export function register(program: Command): void {
  program
    .command('up')
    .description('start everything and stay; Ctrl-C stops it in order')
    .option('--detach', 'leave it running in the background')
    .option('--announce', 'only show the start that is under way')
    .action(async (options: UpOptions) => {
      const root = homeRoot();
      // The process that shows a start is as old as the start, give or take.
      if (options.announce) return announceStart(homePlaces(root), Date.now() - 10_000);
      const { home } = await prepareHome(root);
      await import(supervisorProgram);
      flushCompileCache();
      if (options.detach === undefined) return become(home);
      const since = Date.now();
      leaveRunning(home);
      await announceStart(home, since);
    });
}

/** Turns this process into the supervisor: one process less, and its id is the one that a service manager knows. */
function become(home: Home): never {
  const args = [process.execPath, ...supervisorFlags, supervisorProgram, home.root, cli];
  const execve = process.execve as (file: string, args: string[], env: NodeJS.ProcessEnv) => never;
  return execve(process.execPath, args, process.env);
}

function leaveRunning(home: Home): void {
  const log = openSync(join(home.logs, 'supervisor.log'), 'a', 0o600);
  const child = spawn(process.execPath, [...supervisorFlags, supervisorProgram, home.root], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.unref();
  closeSync(log);
}
