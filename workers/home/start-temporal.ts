import { StewardError } from '../../schemas/errors.ts';
import { retentionDays, searchAttributes } from '../../schemas/protocol.ts';
import { processesMarked } from './find-processes.ts';
import { requestHttp } from './request-http.ts';
import { type RunningPart, spawnPart } from './spawn-part.ts';
import { stopProcess } from './stop-process.ts';
import { waitUntil } from './wait-until.ts';

export interface TemporalSettings {
  /** Path of the `temporal` program. */
  readonly program: string;
  readonly port: number;
  /** Temporal's own HTTP API: readiness and retention go through it, so that no gRPC library is loaded here. */
  readonly httpPort: number;
  /** The Temporal UI; left out, none is served. */
  readonly uiPort?: number;
  /** Path under which the UI is served, such as `/temporal`, when another server hands it on. */
  readonly uiPublicPath?: string;
  readonly metricsPort: number;
  /** SQLite file; left out, everything is lost at the end. */
  readonly dbFile?: string;
  readonly namespace: string;
  readonly logFile: string;
  /** Where the Temporal UI sends payloads to be read, such as `http://127.0.0.1:7700/codec`. */
  readonly codecEndpoint?: string;
  /** Stands in its environment as STEWARD_PART, by which a later start finds it when nobody watches it any more. */
  readonly mark: string;
}

/** Stock values cost 50 ms a step and need four partitions. @source docs/design/home.md */
export const temporalTuning = {
  'history.transferProcessorMaxPollRPS': 2000,
  'history.timerProcessorMaxPollRPS': 2000,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  'matching.enableMigration': true,
} as const;

/** The arguments of `temporal` for one settings value. Pure. */
export function temporalArguments(settings: TemporalSettings): string[] {
  const pairs = (flag: string, values: Record<string, unknown>) =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  return [
    'server',
    'start-dev',
    ...['--ip', '127.0.0.1', '--port', `${settings.port}`, '--http-port', `${settings.httpPort}`],
    ...['--metrics-port', `${settings.metricsPort}`, '--namespace', settings.namespace],
    ...(settings.uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', `${settings.uiPort}`]),
    ...(settings.uiPublicPath === undefined ? [] : ['--ui-public-path', settings.uiPublicPath]),
    ...(settings.codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', settings.codecEndpoint]),
    // An accepted start must survive a power cut, so FULL; WAL makes that cheap.
    ...(settings.dbFile === undefined ? [] : ['--db-filename', settings.dbFile]),
    ...(settings.dbFile === undefined ? [] : pairs('--sqlite-pragma', { journal_mode: 'WAL', synchronous: 'FULL' })),
    ...pairs('--dynamic-config-value', temporalTuning),
    ...Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
    ...['--log-level', 'error', '--log-format', 'json', '--color', 'never'],
    // A person's own Temporal profile must not steer this server.
    ...['--disable-config-env', '--disable-config-file'],
  ];
}

/**
 * Starts a Temporal server on 127.0.0.1 and waits until its namespace answers; ends one of the same mark first. Closed runs stay `retentionDays`.
 *
 * @throws childFailed when it ends or is not ready within 60 s
 */
export async function startTemporal(settings: TemporalSettings, signal?: AbortSignal): Promise<RunningPart> {
  await Promise.all(processesMarked(`STEWARD_PART=${settings.mark}`).map((pid) => stopProcess(pid, 'SIGTERM', 5_000)));
  const part = await spawnPart({
    name: 'temporal',
    command: settings.program,
    args: temporalArguments(settings),
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      // Half the idle memory for no measurable time. @source docs/design/home.md
      GOMEMLIMIT: '64MiB',
      GOGC: '50',
      TEMPORAL_VERSION_CHECK_DISABLED: '1',
      STEWARD_PART: settings.mark,
    },
    logFile: settings.logFile,
    stopSignal: 'SIGTERM',
  });
  const namespace = `http://127.0.0.1:${settings.httpPort}/cluster/namespaces/${settings.namespace}`;
  try {
    const probe = async () => (await requestHttp(namespace))?.status === 200;
    await waitUntil(probe, { name: 'temporal', part, within: 60_000, logFile: settings.logFile, signal });
    await keepClosedRuns(namespace);
    return part;
  } catch (cause) {
    await part.stop(2_000);
    throw cause;
  }
}

async function keepClosedRuns(namespace: string): Promise<void> {
  const wanted = `${retentionDays * 86_400}s`;
  const found = await requestHttp(namespace);
  if (found?.body.includes(`"workflowExecutionRetentionTtl":"${wanted}"`) === true) return;
  const answer = await requestHttp(`${namespace}/update`, { config: { workflowExecutionRetentionTtl: wanted } });
  if (answer?.status !== 200) {
    throw new StewardError('temporalBusy', `Temporal did not take a retention of ${retentionDays} days`);
  }
}
