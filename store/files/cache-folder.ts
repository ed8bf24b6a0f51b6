import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Steward keeps programs that it fetched: `$STEWARD_CACHE`, or `steward` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return env.STEWARD_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'steward');
}
