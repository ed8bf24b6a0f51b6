import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorSchema } from '../../schemas/editor-schemas.ts';
import type { FileKind } from '../../schemas/file-set.ts';
import { writeFileWhole } from './write-file-whole.ts';

const kinds: readonly FileKind[] = ['trigger', 'channel', 'models', 'instance'];

/**
 * Writes `.schemas/<kind>.json` into a home, for editors: a file that begins with
 * `# yaml-language-server: $schema=../.schemas/trigger.json` is completed and checked while it is written. Writes only
 * what differs; may be repeated.
 *
 * @throws diskFull, or what the file system says of a folder that cannot be written
 */
export function writeEditorSchemas(root: string): void {
  const folder = join(root, '.schemas');
  mkdirSync(folder, { recursive: true });
  for (const kind of kinds) {
    const path = join(folder, `${kind}.json`);
    const text = `${JSON.stringify(editorSchema(kind), null, 2)}\n`;
    if (readOr(path) !== text) writeFileWhole(path, text, 0o644);
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
