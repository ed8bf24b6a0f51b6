import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../../store/files/cache-folder.ts';

const run = promisify(execFile);

/**
 * Gives a Python that has a package, and installs it where this machine has none yet: once, into the user's cache.
 *
 * @returns the path of the Python
 * @throws Error with the reason where it cannot be installed
 */
export async function installPython(name: string, version: string): Promise<string> {
  const folder = join(cacheFolder(process.env), `${name}-${version}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return python;
  // Moved into place when it is whole: whoever was killed half way leaves nothing that looks installed.
  const part = `${folder}.${process.pid}.part`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await run('python3', ['-m', 'venv', part]);
    const wanted = ['--quiet', '--only-binary=:all:', `${name}==${version}`];
    await run(join(part, 'bin', 'python'), ['-m', 'pip', 'install', ...wanted], { timeout: 540_000 });
    renameSync(part, folder);
  } catch (error) {
    if (existsSync(python)) return python;
    throw new Error(`${name} cannot be installed: ${(error as Error).message.split('\n')[0]}`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return python;
}
