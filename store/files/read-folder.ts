import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileKind } from '../../schemas/file-set.ts';

/** A file that a person edits, as it lies on disk now. */
export interface FoundFile {
  readonly kind: FileKind;
  /** Name without ending: what it is called elsewhere. */
  readonly name: string;
  /** Path under the home. */
  readonly path: string;
  /** Undefined when it could not be read, or is not UTF-8. */
  readonly text: string | undefined;
}

/** Editors leave swap, backup and lock files beside the real one: `.x.yaml.swp`, `x.yaml~`, `#x.yaml#`, `4913`. */
const fileName = /^[^.#~].*\.ya?ml$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Lists every file of a home that is ours to read, the instance's own first. Symbolic links are followed; what vanishes
 * meanwhile is left out. Throws where a folder cannot be listed: that is not the same as an empty one.
 */
export function readFolder(home: string): FoundFile[] {
  return namesOf(home).flatMap(({ kind, path }) => readOne(home, kind, path));
}

/** Changes when a file appears, goes or is written, also behind a symbolic link; cheap enough for each second. */
export function stampOf(home: string): string {
  const paths = [...namesOf(home).map((file) => file.path), ...flowFiles(home)];
  return paths
    .map((path) => {
      const stat = statSync(join(home, path), { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? path : `${path} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    })
    .join('\n');
}

/** The owner's flows, as paths under the home. */
export function flowFiles(home: string): string[] {
  return listing(join(home, 'workflows'))
    .filter((file) => /^[^.#~].*\.ts$/.test(file))
    .sort()
    .map((file) => join('workflows', file));
}

/** The files that have a trigger's name, as paths under the home; the first is the one that serves. */
export function triggerPaths(home: string, name: string): string[] {
  return namesOf(home).flatMap(({ kind, path }) => (kind === 'trigger' && nameOf(path) === name ? [path] : []));
}

const nameOf = (path: string) => basename(path).replace(/\.ya?ml$/i, '');

function namesOf(home: string): { kind: FileKind; path: string }[] {
  // Of a home that is gone, such as an unmounted disk, nothing is known.
  statSync(home);
  const folder = (kind: FileKind, name: string) =>
    listing(join(home, name))
      .filter((file) => fileName.test(file))
      .sort()
      .map((file) => ({ kind, path: join(name, file) }));
  return [
    { kind: 'instance', path: 'steward.yaml' },
    { kind: 'models', path: 'models.yaml' },
    ...folder('channel', 'channels'),
    ...folder('trigger', 'triggers'),
  ];
}

function readOne(home: string, kind: FileKind, path: string): FoundFile[] {
  const name = nameOf(path);
  try {
    if (!statSync(join(home, path)).isFile()) return [];
    return [{ kind, name, path, text: utf8.decode(readFileSync(join(home, path))) }];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return [{ kind, name, path, text: undefined }];
  }
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
