import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import { cacheFolder } from '../../store/files/cache-folder.ts';
import { buildTemporal } from './build-temporal.ts';
import { downloadTemporal } from './download-temporal.ts';

/** The CLI release that Steward is tested with. @source github.com/temporalio/cli */
export const temporalVersion = '1.5.1';

/** The program where it already is: on the PATH, then in the cache. Looks only, fetches nothing. */
export function lookUpTemporal(env: NodeJS.ProcessEnv): string | undefined {
  const onPath = (env.PATH ?? '').split(delimiter).map((folder) => join(folder || '.', 'temporal'));
  return [...onPath, join(cacheFolder(env), 'bin', `temporal-${temporalVersion}`)].find(isProgram);
}

/**
 * Finds the `temporal` program, and fetches it where it is nowhere: the official download with its checksum, then a
 * build by Go. May be repeated; what was fetched stays in the cache.
 *
 * @param say - called with one line for each step that takes time
 * @throws temporalMissing with what was tried
 */
export async function findTemporal(env: NodeJS.ProcessEnv, say: (line: string) => void): Promise<string> {
  const found = lookUpTemporal(env);
  if (found !== undefined) return found;
  const folder = join(cacheFolder(env), 'bin');
  const target = join(folder, `temporal-${temporalVersion}`);
  const tried: string[] = ['it is not on the PATH'];
  for (const fetchIt of [downloadTemporal, buildTemporal]) {
    const failure = await fetchIt({ version: temporalVersion, folder, target, env, say });
    if (failure === undefined) return target;
    tried.push(failure);
  }
  throw new StewardError('temporalMissing', `The program temporal is missing: ${tried.join('; ')}`);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
