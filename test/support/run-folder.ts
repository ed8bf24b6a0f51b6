import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesIn, processesMarked } from '../../workers/home/find-processes.ts';
import { inspectProcess } from '../../workers/home/inspect-process.ts';
import { stopProcess } from '../../workers/home/stop-process.ts';

const prefix = 'steward-test-';
const variable = 'STEWARD_TEST_RUN';

/** The folder of this test run: servers that several test files share live in it. Ended by `removeRun`. */
export function runFolder(): string {
  const folder = process.env[variable];
  if (folder === undefined) throw new Error('no test run is open: run under vitest, which opens one');
  return folder;
}

/** Opens the folder of this run, and clears away what runs that were killed have left. */
export async function openRun(): Promise<string> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    if (inspectProcess(Number(name.slice(prefix.length))) === undefined) await removeRun(join(tmpdir(), name));
  }
  const folder = join(tmpdir(), `${prefix}${process.pid}`);
  await removeRun(folder);
  mkdirSync(folder, { mode: 0o755 });
  process.env[variable] = folder;
  return folder;
}

/** Ends every server of a run and removes its folder. */
export async function removeRun(folder: string): Promise<void> {
  await Promise.all([
    ...processesIn(join(folder, 'postgres', 'cluster')).map((pid) => stopProcess(pid, 'SIGQUIT', 3_000)),
    ...processesMarked(`STEWARD_PART=${folder}:temporal`).map((pid) => stopProcess(pid, 'SIGTERM', 3_000)),
  ]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Starts a server once a run: the first test file that asks starts it, the others wait for its answer. */
export async function oncePerRun<T>(name: string, start: (folder: string) => Promise<T>): Promise<T> {
  const folder = runFolder();
  const answer = join(folder, `${name}.json`);
  try {
    mkdirSync(join(folder, `${name}.lock`));
  } catch {
    while (!existsSync(answer)) await sleep(50);
    const { value, error } = JSON.parse(readFileSync(answer, 'utf8')) as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  }
  try {
    const value = await start(folder);
    publish(answer, { value });
    return value;
  } catch (cause) {
    publish(answer, { error: `${name} did not start: ${(cause as Error).message}` });
    throw cause;
  }
}

function publish(path: string, value: object): void {
  writeFileSync(`${path}.new`, JSON.stringify(value), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
