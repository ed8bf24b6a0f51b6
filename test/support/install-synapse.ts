import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const version = '1.163.2';
const run = promisify(execFile);

/**
 * Gives a Python that has Synapse, and installs it where this machine has none yet: once, into the user's cache.
 *
 * @returns the path of the Python
 * @throws Error with the reason where it cannot be installed
 */
export async function installSynapse(): Promise<string> {
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'steward', `synapse-${version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  // Moved into place when it is whole: whoever was killed half way leaves nothing that looks installed.
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await run('python3', ['-m', 'venv', part]);
    const wanted = ['--quiet', '--only-binary=:all:', `matrix-synapse==${version}`];
    await run(join(part, 'bin', 'python'), ['-m', 'pip', 'install', ...wanted], { timeout: 540_000 });
    renameSync(part, folder);
  } catch (error) {
    if (existsSync(python)) return python;
    throw new Error(`Synapse cannot be installed: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return python;
}
