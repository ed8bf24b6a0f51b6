import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The home that a command is about: `--home`, else STEWARD_HOME, else ~/.steward. Absolute. */
export function homeRoot(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(env.STEWARD_HOME || join(env.HOME || homedir(), '.steward'));
}
