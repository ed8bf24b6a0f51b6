import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureRootKeys } from '../../store/keys/root-key.ts';
import { defaultTriggers } from './default-triggers.ts';
import { type Home, openHome } from './open-home.ts';
import { writeEditorSchemas } from './write-editor-schemas.ts';
import { asDiskFull } from './write-file-whole.ts';

/**
 * Makes a home ready for its first start: folders, root key, API token, first triggers, schemas for editors. Never
 * overwrites what is the owner's; triggers come only with the key, so that one which the owner removed stays removed.
 * May be repeated.
 *
 * @returns the home, and the files that were made, by their place in it
 * @throws homeNewer, diskFull, badInput, keyMissing
 */
export function initHome(root: string): { readonly home: Home; readonly made: readonly string[] } {
  const home = openHome(root);
  const made: string[] = [];
  const write = (name: string, text: string, mode: number) => {
    if (writeNew(join(root, name), text, mode)) made.push(name);
  };
  const first = !existsSync(home.rootKey);
  if (first) {
    for (const [name, text] of Object.entries(defaultTriggers)) write(join('triggers', name), text, 0o644);
    made.push('data/root-key');
  }
  ensureRootKeys(home.rootKey);
  writeEditorSchemas(root);
  write('data/api-token', randomBytes(32).toString('base64url'), 0o600);
  return { home, made };
}

function writeNew(path: string, text: string, mode: number): boolean {
  try {
    writeFileSync(path, text, { mode, flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw asDiskFull(cause, path);
  }
}
