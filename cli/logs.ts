import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { homeRoot } from './home-root.ts';
import { printResult, wantsJson } from './print.ts';

/** `steward logs [part]`: the last lines of the log files, and the next ones with `-f`. */
export function register(program: Command): void {
  program
    .command('logs')
    .description('show the last lines of the log of a part: steward, temporal, postgres or supervisor')
    .argument('[part]', 'one part; all when left out')
    .option('-n, --lines <count>', 'how many lines', Number, 20)
    .option('-f, --follow', 'go on with what comes')
    .action(async (part: string | undefined, { lines, follow }: { lines: number; follow?: true }) => {
      if (!Number.isInteger(lines) || lines < 0) throw new StewardError('badInput', '--lines is not a whole number');
      const { logs } = homePlaces(homeRoot());
      const names = part === undefined ? partsWithLogs(logs) : [part];
      const found = names.map((name) => ({ part: name, lines: lastLines(join(logs, `${basename(name)}.log`), lines) }));
      printResult(found, () => found.map((log) => show(log, found.length > 1)).join('\n'));
      if (follow && !wantsJson())
        await Promise.all(names.map((name) => followFile(join(logs, `${basename(name)}.log`))));
    });
}

function partsWithLogs(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => name.slice(0, -'.log'.length))
    .sort();
}

/** The last lines of a text file. @throws notFound when there is no such log */
export function lastLines(path: string, count: number): string[] {
  if (!existsSync(path)) throw new StewardError('notFound', `There is no log ${path}`);
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return count === 0 ? [] : lines.slice(-count).filter((line) => line !== '');
}

function show({ part, lines }: { part: string; lines: string[] }, named: boolean): string {
  return [...(named ? [`== ${part}`] : []), ...lines].join('\n');
}

async function followFile(path: string): Promise<void> {
  let at = (await stat(path)).size;
  for (;;) {
    await sleep(300);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    // A log that was turned over begins again.
    if (size < at) at = 0;
    if (size === at) continue;
    const file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - at), position: at });
    await file.close();
    process.stdout.write(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}
