import type { Command } from 'commander';
import { homePlaces } from '../workers/home/open-home.ts';
import type { Check } from './doctor-check.ts';
import { doctorChecks } from './doctor-checks.ts';
import { type Fix, fixFindings } from './fix-findings.ts';
import { homeRoot } from './home-root.ts';
import { exitCodes, paint, printResult } from './print.ts';

interface Options {
  readonly fix?: boolean;
  readonly yes?: boolean;
}

/** `steward doctor`: looks at everything that can be wrong, and says what to do about it. */
export function register(program: Command): void {
  program
    .command('doctor')
    .description('check this machine, this home and what runs in it; exit code 4 when something fails')
    .option('--fix', 'install what is missing, after showing the commands and asking')
    .option('--yes', 'with --fix: without asking')
    .action(async ({ fix = false, yes = false }: Options) => {
      const { checks, fixes } = await examine();
      const fixed = fix ? await fixFindings(fixes, yes) : undefined;
      const after = fixed === true ? (await examine()).checks : checks;
      const healthy = after.every((check) => check.state !== 'fail');
      printResult({ healthy, checks: after }, () => after.map(describe).join('\n'));
      if (!healthy) process.exitCode = exitCodes.unhealthy;
    });
}

async function examine(): Promise<{ readonly checks: Check[]; readonly fixes: Fix[] }> {
  const home = homePlaces(homeRoot());
  const checks: Check[] = [];
  const fixes: Fix[] = [];
  // What is looked up once a run is looked up again after a repair.
  const env = { ...process.env };
  for (const check of doctorChecks) {
    const { state, found, fix, ...finding } = await check.look(home, env);
    const remedy = finding.remedy ?? (state === 'fail' ? check.remedy : undefined);
    checks.push({ id: check.id, state, found, ...(remedy === undefined ? {} : { remedy }) });
    if (state === 'fail' || fix !== undefined)
      fixes.push({ id: check.id, ...(fix === undefined ? {} : { commands: fix }) });
  }
  return { checks, fixes };
}

function describe({ id, state, found, remedy }: Check): string {
  const mark = { ok: paint('green', 'ok  '), fail: paint('red', 'FAIL'), skip: paint('dim', 'skip') }[state];
  return `${mark}  ${id.padEnd(18)} ${found}${remedy === undefined ? '' : `\n      remedy: ${remedy}`}`;
}
