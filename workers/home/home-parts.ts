import { join } from 'node:path';
import type { Ports } from './choose-ports.ts';
import type { HomePlan } from './home-plan.ts';
import type { Home } from './open-home.ts';
import { clusterServed, placeCluster } from './place-cluster.ts';
import { startNode } from './start-node.ts';
import { postgresUrl, startPostgres } from './start-postgres.ts';
import { startTemporal } from './start-temporal.ts';
import type { Part } from './supervise.ts';

/** Names a child of this home in its environment, so that a later start finds it when its supervisor was killed. */
export const partMark = (home: Home, name: string): string => `${home.data}:${name}`;

/** Where a person looks at this home. The UI of our own Temporal is reached through the API, which asks for a login. */
export function homeUrls(ports: Ports, env: NodeJS.ProcessEnv): Record<string, string> {
  const api = `http://127.0.0.1:${ports.api}`;
  const ui = env.TEMPORAL_ADDRESS ? env.TEMPORAL_UI_URL : `${api}/temporal/`;
  return { api, ...(ui ? { temporalUi: ui } : {}) };
}

/**
 * The children of one embedded home in the order of their start. What the environment gives by address is not started.
 */
export function homeParts(home: Home, plan: HomePlan, ports: Ports, env: NodeJS.ProcessEnv): Part[] {
  const log = (name: string) => join(home.logs, `${name}.log`);
  const urls = homeUrls(ports, env);
  let databaseUrl = env.DATABASE_URL;

  const postgres: Part = {
    ...{ name: 'postgres', logFile: log('postgres'), graceMs: 20_000 },
    start: async (signal) => {
      const place = placeCluster(home);
      databaseUrl = postgresUrl({ port: ports.postgres, password: place.password });
      const running = await startPostgres({ ...place, port: ports.postgres, logFile: log('postgres') }, signal);
      clusterServed(home, place);
      return running;
    },
  };
  const temporal: Part = {
    ...{ name: 'temporal', logFile: log('temporal'), graceMs: 10_000 },
    start: (signal) =>
      startTemporal(
        {
          ...{ program: plan.temporalProgram as string, namespace: 'steward', dbFile: home.temporalDb },
          ...{ port: ports.temporal, httpPort: ports.temporalHttp, metricsPort: ports.temporalMetrics },
          ...{ uiPort: ports.temporalUi, uiPublicPath: '/temporal', codecEndpoint: `${urls.api}/codec` },
          ...{ logFile: log('temporal'), mark: partMark(home, 'temporal') },
        },
        signal,
      ),
  };
  const steward: Part = {
    ...{ name: 'steward', logFile: log('steward'), graceMs: 30_000 },
    start: (signal) =>
      startNode(
        {
          program: plan.nodeProgram,
          apiPort: ports.api,
          env: {
            STEWARD_HOME: home.root,
            STEWARD_API_PORT: `${ports.api}`,
            STEWARD_ROOT_KEY_FILE: env.STEWARD_ROOT_KEY_FILE || home.rootKey,
            ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
            TEMPORAL_ADDRESS: env.TEMPORAL_ADDRESS || `127.0.0.1:${ports.temporal}`,
            TEMPORAL_NAMESPACE: env.TEMPORAL_ADDRESS ? env.TEMPORAL_NAMESPACE || 'steward' : 'steward',
            ...(env.TEMPORAL_ADDRESS ? {} : { TEMPORAL_UI_URL: `http://127.0.0.1:${ports.temporalUi}/temporal` }),
          },
          logFile: log('steward'),
          mark: partMark(home, 'steward'),
        },
        signal,
      ),
  };
  const given = (name: string) => env[name] || env[`${name}_FILE`];
  return [...(given('DATABASE_URL') ? [] : [postgres]), ...(env.TEMPORAL_ADDRESS ? [] : [temporal]), steward];
}
