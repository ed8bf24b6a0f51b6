import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { inspectProcess } from '../workers/home/inspect-process.ts';
import { lockHolder, lockHome } from '../workers/home/lock-home.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { stopOrphans } from '../workers/home/stop-orphans.ts';
import { homeRoot } from './home-root.ts';
import { printResult } from './print.ts';
import { startProgress } from './progress.ts';

/** `steward down`: stops everything in order and waits for it. */
export function register(program: Command): void {
  program
    .command('down')
    .description('stop everything in order, and wait for it')
    .option('--timeout <seconds>', 'after this it is killed; nothing accepted is lost by that', Number, 60)
    .action(async ({ timeout }: { timeout: number }) => {
      if (!(timeout >= 0)) throw new StewardError('badInput', '--timeout is not a number of seconds');
      const home = homePlaces(homeRoot());
      const holder = lockHolder(home);
      const progress = await startProgress('Stopping Steward');
      const orderly = holder === undefined || (await stopSupervisor(holder.pid, timeout * 1000));
      const orphans = await sweepOrphans(homePlaces(homeRoot()));
      progress.done();
      if (holder === undefined && orphans.length === 0) {
        throw new StewardError('notRunning', `No Steward runs in ${home.root}`);
      }
      printResult({ stopped: true, orderly, orphans }, orderly ? 'Steward is stopped.' : 'Steward was killed.');
    });
}

async function stopSupervisor(pid: number, withinMs: number): Promise<boolean> {
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < withinMs; waited += 50) {
    if (inspectProcess(pid) === undefined) return true;
    await sleep(50);
  }
  if (inspectProcess(pid) === undefined) return true;
  process.kill(pid, 'SIGKILL');
  while (inspectProcess(pid) !== undefined) await sleep(20);
  return false;
}

/** Children that a killed supervisor left behind, under the lock so that no start gets in between. */
async function sweepOrphans(home: ReturnType<typeof homePlaces>): Promise<string[]> {
  try {
    const unlock = lockHome(home);
    try {
      return await stopOrphans(home);
    } finally {
      unlock();
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
