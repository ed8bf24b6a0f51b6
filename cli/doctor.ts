import type { Command } from 'commander';
import { homePlaces } from '../workers/home/open-home.ts';
import { type Check, doctorChecks } from './doctor-checks.ts';
import { homeRoot } from './home-root.ts';
import { exitCodes, paint, printResult } from './print.ts';

/** `steward doctor`: looks at everything that can be wrong, and says what to do about it. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('check this machine, this home and what runs in it; exit code 4 when something fails')
    .action(async () => {
      const home = homePlaces(homeRoot());
      const checks: Check[] = [];
      for (const check of doctorChecks) {
        const { state, found } = await check.look(home, process.env);
        checks.push({ id: check.id, state, found, ...(state === 'fail' ? { remedy: check.remedy } : {}) });
      }
      const healthy = checks.every((check) => check.state !== 'fail');
      printResult({ healthy, checks }, () => checks.map(describe).join('\n'));
      if (!healthy) process.exitCode = exitCodes.unhealthy;
    });
}

function describe({ id, state, found, remedy }: Check): string {
  const mark = { ok: paint('green', 'ok  '), fail: paint('red', 'FAIL'), skip: paint('dim', 'skip') }[state];
  return `${mark}  ${id.padEnd(18)} ${found}${remedy === undefined ? '' : `\n      remedy: ${remedy}`}`;
}
