import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../workers/home/free-port.ts';

const binary = ['valkey-server', 'redis-server'].find((name) => spawnSync(name, ['--version']).status === 0);

/** Why there is no Redis or Valkey here; undefined where there is one. */
export const noRedis = binary === undefined ? 'neither valkey-server nor redis-server is on PATH' : undefined;

/** A real Redis or Valkey on loopback that keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  kill(): Promise<void>;
  /** Begins again, empty, on the same port. */
  restart(): Promise<void>;
}

/** Starts one. */
export async function redisServer(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-redis-'));
  const [port] = await freePorts(1);
  let server: ChildProcess;
  const start = async () => {
    const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
    server = spawn(binary as string, options, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of server.stdout as NodeJS.ReadableStream) {
      if (/Ready to accept connections/i.test(`${text}`)) break;
    }
  };
  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  };
  await start();
  return {
    ...{ url: `redis://127.0.0.1:${port}`, kill, restart: start },
    [Symbol.asyncDispose]: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
