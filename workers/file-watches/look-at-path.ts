import type { BigIntStats } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** One file as it is now. */
export interface FoundEntry {
  /** Byte for byte, one letter a byte: also names that are no UTF-8 are told apart. */
  readonly bytes: string;
  readonly path: string;
  readonly name: string;
  /** `size:mtime:inode:ctime`; the first three say whether it is as it was. */
  readonly stamp: string;
}

/** What lies at a path. `nothing` is sure: the folder around it was there. */
export type PathView =
  | { readonly kind: 'file' | 'folder' | 'nothing'; readonly entries: readonly FoundEntry[] }
  | { readonly kind: 'fault'; readonly detail: string };

export const mostEntries = 10_000;
const atOnce = 64;

/**
 * Looks at a file, or at the files that lie directly in a folder. Links are followed as long as they stay in the folder;
 * folders, sockets and the like are no files. What cannot be read is a fault and not an empty folder.
 */
export async function lookAtPath(path: string, counts: (name: string) => boolean): Promise<PathView> {
  try {
    const found = await statOf(path);
    if (found === undefined) {
      if ((await statOf(dirname(path))) === undefined) return fault('the folder around it is not there');
      return { kind: 'nothing', entries: [] };
    }
    if (found.isFile()) return { kind: 'file', entries: [entryOf(Buffer.from(path), found)] };
    if (!found.isDirectory()) return fault('it is neither a file nor a folder');
    const names = await namesIn(path);
    if (names === undefined) return fault(`the folder holds more than ${mostEntries} entries`);
    return { kind: 'folder', entries: await entriesOf(path, names, counts) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fault(`it cannot be read, ${code !== undefined && /^E[A-Z0-9]{1,20}$/.test(code) ? code : 'error'}`);
  }
}

const fault = (detail: string): PathView => ({ kind: 'fault', detail });

/** @returns undefined where there are too many */
async function namesIn(folder: string): Promise<Buffer[] | undefined> {
  const names: Buffer[] = [];
  for await (const { name } of await opendir(folder, { encoding: 'buffer' as BufferEncoding, bufferSize: 512 })) {
    names.push(name as unknown as Buffer);
    if (names.length > mostEntries) return undefined;
  }
  return names;
}

async function entriesOf(folder: string, names: Buffer[], counts: (name: string) => boolean): Promise<FoundEntry[]> {
  const inside = Buffer.from(`${await realpath(folder)}/`);
  // Known by what the owner calls the folder, wherever a link leads today.
  const around = Buffer.from(`${folder.replace(/\/$/, '')}/`);
  const wanted = names.filter((name) => counts(name.toString('utf8')));
  const entries: FoundEntry[] = [];
  for (let at = 0; at < wanted.length; at += atOnce) {
    const found = await Promise.all(
      wanted.slice(at, at + atOnce).map(async (name) => {
        const stats = await fileAt(Buffer.concat([inside, name]), inside);
        const own = Buffer.concat([around, name]);
        return stats === undefined ? [] : [entryOf(own, stats)];
      }),
    );
    entries.push(...found.flat());
  }
  return entries;
}

/** @returns undefined for what is no file, is gone meanwhile, or is a link that leads out of the folder */
async function fileAt(path: Buffer, inside: Buffer): Promise<BigIntStats | undefined> {
  try {
    const own = await lstat(path, { bigint: true });
    if (own.isFile()) return own;
    if (!own.isSymbolicLink()) return undefined;
    const target = (await realpath(path, { encoding: 'buffer' })) as unknown as Buffer;
    if (!target.subarray(0, inside.length).equals(inside)) return undefined;
    const led = await lstat(target, { bigint: true });
    return led.isFile() ? led : undefined;
  } catch (error) {
    if (isGone(error) || (error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
    throw error;
  }
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const isGone = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

function entryOf(bytes: Buffer, stats: BigIntStats): FoundEntry {
  const path = bytes.toString('utf8');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const stamp = `${stats.size}:${stats.mtimeNs}:${stats.ino}:${stats.ctimeNs}`;
  return { bytes: bytes.toString('latin1'), path, name, stamp };
}
