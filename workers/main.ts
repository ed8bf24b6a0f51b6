import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { StewardError } from '../schemas/errors.ts';
import { readSettings } from '../schemas/settings.ts';
import { runtimeLogger } from './runtime-logger.ts';
import { startSteward } from './start-steward.ts';
import { startTracing } from './start-tracing.ts';
import { temporalOptions } from './temporal-options.ts';

/** Exit codes: 0 after an orderly stop, 1 when a part broke (start me again), 2 when a person must act first. */
const exitCodes = { stopped: 0, broken: 1, needsPerson: 2 } as const;

const settings = readSettings(process.env);
const log = pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
Runtime.install({ logger: runtimeLogger(log), shutdownSignals: [] });

process.on('unhandledRejection', (error) => {
  log.fatal({ err: error }, 'an error was not handled');
  process.exit(exitCodes.broken);
});

const tracing = await startTracing(settings.tracing.endpoint);

try {
  const steward = await startSteward({
    home: settings.home,
    databaseUrl: required(settings.databaseUrl, 'DATABASE_URL'),
    temporal: temporalOptions(settings),
    namespace: settings.temporal.namespace,
    rootKeyFile: settings.rootKeyFile,
    api: { host: settings.api.host, port: settings.api.port, token: settings.api.token ?? tokenOf(settings.home) },
    ...(settings.temporal.uiUrl === undefined ? {} : { temporalUiUrl: settings.temporal.uiUrl }),
    redisUrl: settings.redisUrl,
    traceContent: settings.tracing.content,
    roles: settings.roles,
    cachedWorkflows: settings.cachedWorkflows,
    graceMs: settings.graceMs,
    log,
  });
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    steward
      .stop()
      .then(() => tracing?.())
      .then(
        () => process.exit(exitCodes.stopped),
        (error: unknown) => fail(error),
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  steward.ended.catch(fail);
} catch (error) {
  fail(error);
}

function fail(error: unknown): never {
  const person =
    error instanceof StewardError && ['homeNewer', 'keyMissing', 'badInput', 'portTaken'].includes(error.code);
  log.fatal({ err: error }, 'steward cannot go on');
  process.exit(person ? exitCodes.needsPerson : exitCodes.broken);
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new StewardError('badInput', `The setting ${name} is not set`);
  return value;
}

function tokenOf(home: string): string {
  return readFileSync(join(home, 'data', 'api-token'), 'utf8').trim();
}
