import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../workers/home/free-port.ts';

/** @source pypi.org/project/xllamacpp: llama.cpp's own server, prebuilt */
const version = '2026.10.11549';
const run = promisify(execFile);
const script = `
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.port = sys.argv[1], int(sys.argv[2])
params.n_ctx, params.n_parallel = 2048, 1
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
`;

export interface LlamaServer extends AsyncDisposable {
  /** For `type: remote`. */
  readonly endpoint: string;
}

/** Starts a real llama.cpp server with a model, on loopback. @returns why there is none, where it cannot be installed */
export async function llamaServer(gguf: string): Promise<LlamaServer | string> {
  const python = await install().catch(
    (error: Error) => `llama.cpp cannot be installed: ${error.message.split('\n')[0]}`,
  );
  if (!existsSync(python)) return python;
  const [port] = await freePorts(1);
  const server = spawn(python, ['-c', script, gguf, String(port)], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(server, 'exit').then(() => 'the server of llama.cpp ended');
  const began = await Promise.race([once(server.stdout, 'data').then(() => undefined), ended]);
  if (began !== undefined) return began;
  server.stdout.resume();
  return {
    endpoint: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Once, into the user's cache. @returns the path of a Python that has it */
async function install(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'steward', `xllamacpp-${version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await run('python3', ['-m', 'venv', part]);
    const wanted = ['--quiet', '--only-binary=:all:', `xllamacpp==${version}`];
    await run(join(part, 'bin', 'python'), ['-m', 'pip', 'install', ...wanted], { timeout: 300_000 });
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return python;
}
