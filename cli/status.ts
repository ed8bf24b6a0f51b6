import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { StewardError } from '../schemas/errors.ts';
import { type HomeState, readState } from '../workers/home/home-state.ts';
import { lockHolder } from '../workers/home/lock-home.ts';
import { type Home, homePlaces } from '../workers/home/open-home.ts';
import { requestHttp } from '../workers/home/request-http.ts';
import { homeRoot } from './home-root.ts';
import { exitCodes, paint, printResult, table } from './print.ts';
import { readSteered, steeredLines } from './steer-trigger.ts';

/** `steward status`: what runs, since when, and where to look. */
export function register(program: Command): void {
  program
    .command('status')
    .description('show what runs, since when, and where to look')
    .option('--login', 'print the address that logs a browser in to the Temporal UI; it holds the token')
    .action(async ({ login }: { login?: true }) => {
      const home = homePlaces(homeRoot());
      const state = readState(home);
      const holder = lockHolder(home);
      if (holder === undefined || state === undefined) {
        throw new StewardError('notRunning', `No Steward runs in ${home.root}`);
      }
      if (login) return printResult({ url: loginUrl(home, state) }, loginUrl(home, state));
      const serves = (await requestHttp(`${state.urls.api}/readyz`))?.status === 200;
      const steered = serves ? await readSteered() : [];
      printResult({ home: home.root, ...state, serves, paused: steered.filter((one) => one.paused) }, () =>
        [describe(home, state, serves), ...steeredLines(steered)].join('\n'),
      );
      if (!serves) process.exitCode = exitCodes.unhealthy;
    });
}

function loginUrl(home: Home, state: HomeState): string {
  return `${state.urls.api}/login?token=${readFileSync(home.apiToken, 'utf8').trim()}`;
}

function describe(home: Home, state: HomeState, serves: boolean): string {
  const head = serves ? paint('green', 'ready') : paint('yellow', state.phase === 'ready' ? 'recovering' : state.phase);
  const rows = state.parts.map((part) => [
    part.name,
    part.state,
    String(part.pid ?? ''),
    part.since,
    String(part.restarts),
    part.reason ?? '',
  ]);
  return [
    `Steward is ${head} in ${home.root}`,
    ...Object.entries(state.urls).map(([name, url]) => `  ${name.padEnd(12)} ${url}`),
    '',
    table(['PART', 'STATE', 'PID', 'SINCE', 'RESTARTS', 'LAST END'], rows),
  ].join('\n');
}
