import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { StewardError } from '../schemas/errors.ts';
import { bundleHash } from './bundle-hash.ts';

const script = fileURLToPath(new URL('./bundle.ts', import.meta.url));

/**
 * The bundle for the workflows as they are now, made if it is not there yet.
 * When the owner's files do not compile, the newest good bundle stays in force and the fault is told.
 *
 * @returns path of a bundle; `fault` when it is not of the newest files
 * @throws flowBroken when there is no good bundle at all
 */
export async function keepBundle(home: string, log: Logger): Promise<{ path: string; fault?: string }> {
  const folder = join(home, 'data', 'bundles');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${bundleHash(home)}.cjs`);
  if (existsSync(path)) return { path };
  log.info('bundling workflows');
  const fault = await bundleApart(path, home);
  if (fault === undefined) {
    dropOld(folder, path);
    return { path };
  }
  const good = newest(folder);
  if (good === undefined) throw new StewardError('flowBroken', fault);
  log.error({ fault }, 'workflows do not bundle; the last good bundle stays in force');
  return { path: good, fault };
}

/** In a process of its own: bundling takes about 300 MB that would never be given back. */
function bundleApart(out: string, home: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, out, home], { stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-2_000);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(code === 0 ? undefined : words.trim() || `bundling ended with ${code}`));
  });
}

const bundles = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.cjs') && !file.includes('.entry.'))
    .map((file) => join(folder, file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);

const newest = (folder: string): string | undefined => bundles(folder)[0];

/** Keeps the two newest: the one in force and the one before. */
function dropOld(folder: string, current: string): void {
  for (const path of bundles(folder)
    .filter((p) => p !== current)
    .slice(1))
    unlinkSync(path);
}
