import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesIn } from './find-processes.ts';
import { type ClusterPlace, initCluster } from './init-cluster.ts';
import { type RunningPart, spawnPart } from './spawn-part.ts';
import { stopProcess } from './stop-process.ts';
import { waitUntil } from './wait-until.ts';

export interface PostgresSettings extends ClusterPlace {
  readonly port: number;
  readonly logFile: string;
}

/** Small: one person's record. Durable: an accepted row survives a power cut. @source docs/design/home.md */
export const postgresTuning = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  synchronous_commit: 'on',
  shared_buffers: '16MB',
  max_connections: '30',
  work_mem: '2MB',
  maintenance_work_mem: '16MB',
  wal_buffers: '1MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  autovacuum_worker_slots: '2',
  autovacuum_max_workers: '1',
  // Three I/O workers of their own are the default; one person's record does without.
  io_method: 'sync',
  jit: 'off',
  huge_pages: 'off',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  // Values of a failed statement are personal data and belong in no log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
} as const;

/** The arguments of `postgres` for one settings value. Pure. */
export function postgresArguments(settings: Pick<PostgresSettings, 'directory' | 'port' | 'disposable'>): string[] {
  const tuning: Record<string, string> = { ...postgresTuning };
  if (settings.disposable === true)
    Object.assign(tuning, { fsync: 'off', full_page_writes: 'off', max_connections: '100' });
  const pairs = Object.entries(tuning).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return ['-D', settings.directory, '-p', `${settings.port}`, ...pairs];
}

/** Where programs connect. The password stands in it: never log it. */
export function postgresUrl(
  { port, password }: Pick<PostgresSettings, 'port' | 'password'>,
  database = 'steward',
): string {
  return `postgres://steward:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Starts Postgres on 127.0.0.1 and waits until it takes connections; makes the cluster first where there is none, and
 * ends what an earlier Steward left running on it.
 *
 * @throws childFailed when it ends or is not ready within 60 s (recovery after a crash is in that)
 * @throws diskFull
 */
export async function startPostgres(settings: PostgresSettings, signal?: AbortSignal): Promise<RunningPart> {
  await initCluster(settings);
  await freeCluster(settings.directory);
  const part = await spawnPart({
    name: 'postgres',
    command: join(settings.native, 'bin', 'postgres'),
    args: postgresArguments(settings),
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env.PATH },
    cwd: '/',
    logFile: settings.logFile,
    // The fast shutdown: open connections are closed, nothing is lost.
    stopSignal: 'SIGINT',
    ...(settings.user === undefined ? {} : { user: settings.user }),
  });
  const probe = () => Promise.resolve(isReady(settings.directory, part.pid));
  try {
    await waitUntil(probe, { name: 'postgres', part, within: 60_000, logFile: settings.logFile, signal });
    return part;
  } catch (cause) {
    await part.stop(10_000);
    throw cause;
  }
}

/**
 * Ends whatever still runs on a cluster, then removes the lock of a postmaster that is dead. Postgres itself takes a
 * zombie for alive and would refuse to start until somebody collects it.
 */
export async function freeCluster(directory: string): Promise<void> {
  const lock = readLock(directory);
  if (lock !== undefined && processesIn(directory).includes(lock.pid)) await stopProcess(lock.pid, 'SIGINT', 20_000);
  // Backends of a killed postmaster end by themselves within moments.
  for (let waited = 0; waited < 5_000 && processesIn(directory).length > 0; waited += 50) await sleep(50);
  await Promise.all(processesIn(directory).map((pid) => stopProcess(pid, 'SIGQUIT', 2_000)));
  rmSync(join(directory, 'postmaster.pid'), { force: true });
}

/** @source postgresql.org/docs/18/storage-file-layout.html: line 1 is the pid, line 8 the state */
function readLock(directory: string): { pid: number; state: string } | undefined {
  try {
    const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), state: (lines[7] ?? '').trim() };
  } catch {
    return undefined;
  }
}

function isReady(directory: string, pid: number): boolean {
  const lock = readLock(directory);
  return lock?.pid === pid && lock.state === 'ready';
}
