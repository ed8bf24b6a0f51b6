import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StewardError } from '../schemas/errors.ts';
import { firableFlows } from '../schemas/flows.ts';
import { readSettings } from '../schemas/settings.ts';
import { loadFilesOnce } from '../store/files/load-files.ts';
import { findTemporal } from '../workers/home/find-temporal.ts';
import { writePlan } from '../workers/home/home-plan.ts';
import { initHome } from '../workers/home/init-home.ts';
import { lockHolder } from '../workers/home/lock-home.ts';
import { type Home, homePlaces } from '../workers/home/open-home.ts';
import { startProgress } from './progress.ts';

/** The program that serves workers and API. */
export const nodeProgram = fileURLToPath(new URL('../workers/main.ts', import.meta.url));
/** The supervisor of a home. */
export const supervisorProgram = fileURLToPath(new URL('../workers/home/run-home.ts', import.meta.url));

/**
 * Makes everything ready for the supervisor: the home, the `temporal` program, the ports that the owner fixed.
 *
 * @throws homeLocked, homeNewer, diskFull, temporalMissing, badInput
 */
export async function prepareHome(
  root: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ home: Home; firstRun: boolean }> {
  const holder = lockHolder(homePlaces(root));
  if (holder !== undefined) {
    throw new StewardError('homeLocked', `Steward already runs in ${root}, as process ${holder.pid}`);
  }
  const settings = readSettings(env);
  const firstRun = !existsSync(join(root, 'data', 'ports.json'));
  const { home } = initHome(root);
  const { ports } = loadFilesOnce(root, env, () => new Set(firableFlows)).instance.home;
  const { api, temporal, temporalUi, postgres } = ports;
  const fixed = Object.entries({ api, temporal, temporalUi, postgres }).filter(([, port]) => port !== undefined);
  const program = settings.temporal.address === undefined ? await fetchTemporal(env) : undefined;
  writePlan(home, {
    fixedPorts: Object.fromEntries(fixed) as Record<string, number>,
    preferPorts: env.STEWARD_HOME === undefined || env.STEWARD_HOME === '',
    nodeProgram: env.STEWARD_NODE_PROGRAM || nodeProgram,
    ...(program === undefined ? {} : { temporalProgram: program }),
  });
  return { home, firstRun };
}

async function fetchTemporal(env: NodeJS.ProcessEnv): Promise<string> {
  // Nothing is shown where nothing is fetched.
  let shown: ReturnType<typeof startProgress> | undefined;
  const say = (line: string) => {
    shown ??= startProgress(line);
    shown.then((progress) => progress.step(line)).catch(() => undefined);
  };
  try {
    const path = await findTemporal(env, say);
    (await shown)?.done('The program temporal is in place');
    return path;
  } catch (cause) {
    (await shown)?.fail('The program temporal could not be fetched');
    throw cause;
  }
}
