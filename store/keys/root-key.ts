import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';

/** One root key. Its id is public: it stands beside everything it wraps. */
export interface RootKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Root keys, the active one first; the others only open what was wrapped before a rotation. */
export interface RootKeys {
  readonly active: RootKey;
  byId(id: string): RootKey;
  /** A 32-byte key for one purpose, derived from the active root key, or from the named one. @source RFC 5869 */
  derive(purpose: string, keyId?: string): Buffer;
}

/**
 * Reads the root keys from a file of `id base64` lines, newest first.
 *
 * @throws keyMissing when the file is absent, readable by others, or not in that form
 */
export function readRootKeys(path: string): RootKeys {
  let text: string;
  try {
    const mode = statSync(path).mode & 0o077;
    if (mode !== 0) {
      throw new StewardError('keyMissing', `Root key ${path} is readable by others, expected mode 0600`);
    }
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof StewardError) throw cause;
    throw new StewardError('keyMissing', `Cannot read root key ${path}`, { cause });
  }
  return parseRootKeys(text, path);
}

/** Reads the root keys, after making a first one where there is none. Mode 0600. */
export function ensureRootKeys(path: string): RootKeys {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, `${newKeyId()} ${randomBytes(32).toString('base64')}\n`, {
      mode: 0o600,
      flag: 'wx',
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  return readRootKeys(path);
}

/** Sorts by time; the random part keeps keys that two installations made in one millisecond apart. */
const newKeyId = () => `k${Date.now().toString(36)}${randomBytes(3).toString('hex')}`;

function parseRootKeys(text: string, path: string): RootKeys {
  const keys = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, at): RootKey => {
      const [id, base64] = line.trim().split(/\s+/);
      const bytes = Buffer.from(base64 ?? '', 'base64');
      if (id === undefined || bytes.length !== 32) {
        throw new StewardError('keyMissing', `Root key ${path}:${at + 1} is not "id base64 of 32 bytes"`);
      }
      return { id, bytes };
    });
  const active = keys[0];
  if (active === undefined) throw new StewardError('keyMissing', `Root key ${path} is empty`);
  const byId = (id: string) => {
    const key = keys.find((k) => k.id === id);
    if (key === undefined) throw new StewardError('keyMissing', `Root key ${id} is not in ${path}`);
    return key;
  };
  return {
    active,
    byId,
    derive: (purpose, keyId) => Buffer.from(hkdfSync('sha256', byId(keyId ?? active.id).bytes, 'steward', purpose, 32)),
  };
}
