import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { processesIn, processesMarked } from './find-processes.ts';
import { partMark } from './home-parts.ts';
import type { Home } from './open-home.ts';
import { placeCluster } from './place-cluster.ts';
import { freeCluster } from './start-postgres.ts';
import { stopProcess } from './stop-process.ts';

/**
 * Ends in order the children that a killed supervisor left running. Only for the holder of the home's lock.
 *
 * @returns names of the parts that were found
 */
export async function stopOrphans(home: Home): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['steward', 'temporal']) {
    const pids = processesMarked(`STEWARD_PART=${partMark(home, name)}`);
    if (pids.length > 0) found.push(name);
    await Promise.all(pids.map((pid) => stopProcess(pid, 'SIGTERM', 10_000)));
  }
  if (!existsSync(join(home.data, 'cluster.json'))) return found;
  const { directory } = placeCluster(home);
  if (processesIn(directory).length > 0) found.push('postgres');
  await freeCluster(directory);
  return found;
}
