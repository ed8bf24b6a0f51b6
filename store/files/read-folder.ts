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
  /** Undefined when it could not be read. */
  readonly text: string | undefined;
}

/** Editors leave swap, backup and lock files beside the real one: `.x.yaml.swp`, `x.yaml~`, `#x.yaml#`, `4913`. */
const fileName = /^[a-z0-9][a-z0-9._-]*\.ya?ml$/i;

/** Lists every file of a home that is ours to read. Symbolic links are followed; what vanishes meanwhile is left out. */
export function readFolder(home: string): FoundFile[] {
  const folder = (kind: FileKind, name: string): FoundFile[] =>
    listing(join(home, name))
      .filter((file) => fileName.test(file))
      .sort()
      .flatMap((file) => readOne(home, kind, join(name, file)));
  return [
    ...folder('trigger', 'triggers'),
    ...folder('channel', 'channels'),
    ...readOne(home, 'models', 'models.yaml'),
    ...readOne(home, 'instance', 'steward.yaml'),
  ];
}

function readOne(home: string, kind: FileKind, path: string): FoundFile[] {
  const name = basename(path).replace(/\.ya?ml$/i, '');
  try {
    if (!statSync(join(home, path)).isFile()) return [];
    return [{ kind, name, path, text: readFileSync(join(home, path), 'utf8') }];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return [{ kind, name, path, text: undefined }];
  }
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
