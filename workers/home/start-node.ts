import { readFileSync } from 'node:fs';
import { StewardError } from '../../schemas/errors.ts';
import { processesMarked } from './find-processes.ts';
import { requestHttp } from './request-http.ts';
import { type RunningPart, spawnPart } from './spawn-part.ts';
import { stopProcess } from './stop-process.ts';
import { waitUntil } from './wait-until.ts';

export interface NodeSettings {
  /** Path of the program to run: `workers/main.ts`. */
  readonly program: string;
  readonly apiPort: number;
  /** What it needs beside the environment of the one who starts it. */
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly mark: string;
}

/** Idle memory is 30 MiB less with these, at no measurable cost. @source docs/design/home.md */
const memoryFlags = ['--max-semi-space-size=1', '--max-old-space-size=256'];

/**
 * Starts workers and API as one process and waits until it says that it is ready; ends one of the same mark first.
 *
 * @throws childFailed when it ends or is not ready within 180 s
 * @throws homeNewer, keyMissing, portTaken, badInput as the process itself has said in its log
 */
export async function startNode(settings: NodeSettings, signal?: AbortSignal): Promise<RunningPart> {
  const orphans = processesMarked(`STEWARD_PART=${settings.mark}`);
  await Promise.all(orphans.map((pid) => stopProcess(pid, 'SIGTERM', 10_000)));
  const part = await spawnPart({
    name: 'steward',
    command: process.execPath,
    args: [...memoryFlags, settings.program],
    env: { ...process.env, MALLOC_ARENA_MAX: '2', ...settings.env, STEWARD_PART: settings.mark },
    logFile: settings.logFile,
    stopSignal: 'SIGTERM',
  });
  const probe = async () => (await requestHttp(`http://127.0.0.1:${settings.apiPort}/readyz`))?.status === 200;
  try {
    await waitUntil(probe, { name: 'steward', part, within: 180_000, logFile: settings.logFile, signal });
    return part;
  } catch (cause) {
    await part.stop(2_000);
    throw (await saidWhy(part, settings.logFile)) ?? cause;
  }
}

/** Status 2 means that a person must act; the last fatal line of the log says what. */
async function saidWhy(part: RunningPart, logFile: string): Promise<StewardError | undefined> {
  if ((await part.ended).code !== 2) return undefined;
  const line = readFileSync(logFile, 'utf8')
    .split('\n')
    .findLast((text) => text.includes('"code"'));
  try {
    const { err } = JSON.parse(line ?? '') as { err: { code: 'badInput'; message: string } };
    return new StewardError(err.code, err.message);
  } catch {
    return undefined;
  }
}
