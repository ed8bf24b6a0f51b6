import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { freePorts } from '../../workers/home/free-port.ts';
import { installPython } from './install-python.ts';

/** @source pypi.org/project/xllamacpp: llama.cpp's own server, prebuilt */
const version = '2026.10.11549';
const script = `
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.port = sys.argv[1], int(sys.argv[2])
params.n_ctx, params.n_parallel = 2048, 1
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
if len(sys.argv) > 3:
    # Models that speak say nothing of how their vectors are to be joined.
    params.embedding, params.pooling_type = True, xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
`;

export interface LlamaServer extends AsyncDisposable {
  /** For `type: remote`. */
  readonly endpoint: string;
}

/** Starts a real llama.cpp server with a model, on loopback. @param makes - left out: words @returns why there is none, where it cannot be installed */
export async function llamaServer(gguf: string, makes?: 'vectors'): Promise<LlamaServer | string> {
  const python = await installPython('xllamacpp', version).catch((error: Error) => error.message);
  if (!existsSync(python)) return python;
  const [port] = await freePorts(1);
  const server = spawn(python, ['-c', script, gguf, String(port), ...(makes === undefined ? [] : [makes])], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
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
