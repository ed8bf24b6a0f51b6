import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FailureCode, failures, StewardError } from '../schemas/errors.ts';
import { ownRequests } from '../schemas/protocol.ts';
import { type HomeState, readState } from '../workers/home/home-state.ts';
import { inspectProcess } from '../workers/home/inspect-process.ts';
import type { Home } from '../workers/home/open-home.ts';
import { apiClient } from './api-client.ts';
import { paint, printResult } from './print.ts';
import { startProgress } from './progress.ts';

const reportWithinMs = 60_000;
const checkWithinMs = 15_000;

/**
 * Shows a start in the terminal until everything serves; on the first of a home, a first morning report as well.
 *
 * @param since - states that were written before this time, milliseconds, belong to an earlier start
 * @throws what the supervisor gave up for
 */
export async function announceStart(home: Home, since: number): Promise<void> {
  const progress = await startProgress('Starting Steward');
  const state = await awaitReady(home, since, (text) => progress.step(text));
  if (state === undefined) return progress.done();
  if (state.phase === 'failed') {
    progress.fail('Steward did not start');
    const { code, message } = state.failure ?? { code: 'childFailed', message: 'The start failed' };
    throw new StewardError(code in failures ? (code as FailureCode) : 'childFailed', message);
  }
  const seconds = (Date.parse(state.readyAt ?? '') - Date.parse(state.startedAt)) / 1000;
  progress.done(`Steward is ready after ${seconds.toFixed(1)} s`);
  printResult({ home: home.root, pid: state.pid, readySeconds: seconds, urls: state.urls }, () => summary(home, state));
  await showFirstReport(home);
}

function summary(home: Home, { urls }: HomeState): string {
  const lines = [
    ['Home', home.root],
    ['API', urls.api ?? ''],
    ['Temporal UI', `${urls.temporalUi ?? 'not served'}   (log in once with: steward status --login)`],
    ['Next', 'steward channel add mail   steward status   steward down'],
  ];
  return lines.map(([name, value]) => `  ${paint('bold', (name as string).padEnd(12))} ${value}`).join('\n');
}

/** @returns undefined when the supervisor was told to stop meanwhile, or is gone */
async function awaitReady(home: Home, since: number, say: (text: string) => void): Promise<HomeState | undefined> {
  for (;;) {
    const state = readState(home);
    if (state !== undefined && Date.parse(state.startedAt) >= since) {
      if (state.phase === 'ready' || state.phase === 'failed') return state;
      if (state.phase === 'stopped' || inspectProcess(state.pid) === undefined) return undefined;
      const text = describe(state);
      if (text !== undefined) say(text);
    }
    await sleep(50);
  }
}

const shownNames: Readonly<Record<string, string>> = {
  postgres: 'Postgres',
  temporal: 'Temporal',
  steward: 'workers and API',
};

function describe({ parts }: HomeState): string | undefined {
  const now = parts.find((part) => part.state === 'starting' || part.state === 'waiting');
  if (now === undefined) return undefined;
  const name = shownNames[now.name] ?? now.name;
  return now.state === 'waiting' ? `Trying ${name} again: ${now.reason}` : `Starting ${name}`;
}

/** The first report is a courtesy: whatever goes wrong with it, Steward runs. */
async function showFirstReport(home: Home): Promise<void> {
  const shown = join(home.data, 'first-report');
  if (existsSync(shown)) return;
  const progress = await startProgress('Making a first morning report');
  try {
    const client = apiClient(home.root);
    await firstCheck(client);
    await client.post('/api/v1/triggers/morning-report/fire', { requestId: ownRequests.report });
    const text = await firstReport(client);
    progress.done();
    if (text === undefined) return;
    writeFileSync(shown, '', { mode: 0o600 });
    printResult({ report: text }, `\n${text}`);
  } catch (cause) {
    progress.fail(`There is no first report yet: ${(cause as Error).message}`);
  }
}

/** So that the first report has something to say about health. A home may have no such trigger. */
async function firstCheck(client: ReturnType<typeof apiClient>): Promise<void> {
  const path = '/api/v1/triggers/health-check/fire';
  const fire = await client.post<{ fireId: string }>(path, { requestId: ownRequests.check }).catch(() => undefined);
  if (fire === undefined) return;
  for (let waited = 0; waited < checkWithinMs; waited += 200) {
    if ((await client.get<{ state: string }>(`/api/v1/fires/${fire.fireId}`)).state !== 'open') return;
    await sleep(200);
  }
}

async function firstReport(client: ReturnType<typeof apiClient>): Promise<string | undefined> {
  for (let waited = 0; waited < reportWithinMs; waited += 300) {
    try {
      return await client.getText('/api/v1/reports/latest?format=text');
    } catch (cause) {
      if (!(cause instanceof StewardError && cause.code === 'notFound')) throw cause;
      await sleep(300);
    }
  }
  return undefined;
}
