import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { StewardError } from '../../../schemas/errors.ts';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import { cacheFolder } from '../../../store/files/cache-folder.ts';
import type { LlamaRuntime } from './runtime-types.ts';

export type GgufModel = Extract<ModelEntry, { type: 'gguf' }>;

/** The release that Steward is tested with. @source github.com/withcatai/node-llama-cpp */
const version = '3.22.1';

/** What is built for which machine: the one package that is fetched besides the library itself. */
const prebuilt: Readonly<Record<string, Readonly<Partial<Record<GgufModel['gpu'], string>>>>> = {
  'linux-x64': { none: 'linux-x64', cuda: 'linux-x64-cuda', vulkan: 'linux-x64-vulkan' },
  'linux-arm64': { none: 'linux-arm64' },
  'linux-arm': { none: 'linux-armv7l' },
  'darwin-arm64': { none: 'mac-arm64-metal', metal: 'mac-arm64-metal' },
  'darwin-x64': { none: 'mac-x64' },
};

const folderOf = (env: NodeJS.ProcessEnv, gpu: GgufModel['gpu']) =>
  join(cacheFolder(env), `llama-${version}${gpu === 'none' ? '' : `-${gpu}`}`);

/** Whether what runs GGUF files is there. */
export const hasRuntime = (env: NodeJS.ProcessEnv, gpu: GgufModel['gpu']): boolean =>
  existsSync(join(folderOf(env, gpu), 'node_modules', 'node-llama-cpp'));

/**
 * Fetches what runs GGUF files in the worker, prebuilt, into the cache: nobody who has no such file carries it. Packages
 * for graphic cards come only where one is asked for. No script of a package is run. May be repeated.
 *
 * @throws badInput where there is none for this machine, modelNone where it cannot be fetched
 */
export async function installRuntime(env: NodeJS.ProcessEnv, gpu: GgufModel['gpu']): Promise<void> {
  if (hasRuntime(env, gpu)) return;
  const machine = `${process.platform}-${process.arch}`;
  const binding = prebuilt[machine]?.[gpu];
  if (binding === undefined)
    throw new StewardError('badInput', `Cannot run GGUF files here: nothing is built for ${machine} with gpu ${gpu}`);
  const folder = folderOf(env, gpu);
  const part = `${folder}.${process.pid}.part`;
  const bindings = [...new Set([prebuilt[machine]!.none!, binding])].map((name) => [
    `@node-llama-cpp/${name}`,
    version,
  ]);
  const dependencies = Object.fromEntries([['node-llama-cpp', version], ...bindings]);
  mkdirSync(part, { recursive: true });
  try {
    writeFileSync(join(part, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--no-package-lock'];
    await promisify(execFile)('npm', ['install', '--omit=optional', ...quiet], { cwd: part, env, timeout: 600_000 });
    renameSync(part, folder);
  } catch (cause) {
    if (hasRuntime(env, gpu)) return;
    const [why] = (cause as Error).message.split('\n');
    throw new StewardError('modelNone', `Cannot fetch what runs GGUF files: ${why}`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Loads it. @returns undefined where it is not there */
export async function loadRuntime(env: NodeJS.ProcessEnv, gpu: GgufModel['gpu']): Promise<LlamaRuntime | undefined> {
  if (!hasRuntime(env, gpu)) return undefined;
  const main = join(folderOf(env, gpu), 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
  return (await import(pathToFileURL(main).href)) as LlamaRuntime;
}
