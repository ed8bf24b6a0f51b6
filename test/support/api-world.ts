import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { openMemory } from '../../activities/memory/open-memory.ts';
import { openRouter } from '../../activities/models/open-router.ts';
import type { ApiDeps } from '../../api/api-deps.ts';
import { startApi } from '../../api/server.ts';
import { inProcessHotTier } from '../../store/hot/in-process.ts';
import { type DispatchWorld, dispatchWorld } from './dispatch-world.ts';
import type { Ran } from './home.ts';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
export const apiToken = 'tok-0123456789';

/** A dispatcher with a real API before it, and the command line as a process of its own. */
export interface ApiWorld extends DispatchWorld {
  readonly apiPort: number;
  steward(...words: string[]): Promise<Ran>;
}

/**
 * @param start - what the clock shows
 * @param more - of the API, such as `temporalUiUrl`
 * @param moreEnv - of the command line
 */
export async function apiWorld(
  client: Client,
  start: string,
  more: Partial<ApiDeps> = {},
  moreEnv: Readonly<Record<string, string>> = {},
): Promise<ApiWorld> {
  const world = await dispatchWorld(client, start);
  const api = await startApi({
    ...{ store: world.store, client, files: world.deps.files, dispatch: world.dispatch, personId: world.personId },
    ...{ log: { info() {}, warn() {}, error() {} }, host: '127.0.0.1', port: 0, token: apiToken },
    hot: inProcessHotTier(world.clock),
    models: deskOf(world),
    memory: openMemory(world.store),
    decode: async (payloads) => payloads,
    ready: async () => {},
    ...more,
  });
  const env = {
    ...{ PATH: process.env.PATH ?? '', STEWARD_HOME: '/nonexistent', TZ: 'UTC', NO_COLOR: '1' },
    ...{ STEWARD_API_URL: `http://127.0.0.1:${api.port}`, STEWARD_API_TOKEN: apiToken, ...moreEnv },
  };
  return {
    ...world,
    apiPort: api.port,
    steward: (...words) =>
      new Promise((resolve) => {
        execFile(process.execPath, [main, ...words], { env }, (error, out, err) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
        });
      }),
    [Symbol.asyncDispose]: async () => {
      await api.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

/** Models as the files of a world say. */
export const deskOf = ({
  store,
  personId,
  deps,
  clock,
}: Pick<DispatchWorld, 'store' | 'personId' | 'deps' | 'clock'>) =>
  openRouter({ store, personId, files: deps.files, hot: inProcessHotTier(clock), log: { warn() {}, info() {} } }).desk;
