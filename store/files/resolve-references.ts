import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Where references in files point. */
export interface ReferencePlaces {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Value of a stored secret, or undefined; none are known without a database. */
  readonly secret: (name: string) => string | undefined;
  /** A keyed hash: tells that a value changed without saying what it is. */
  readonly fingerprint?: (text: string) => string;
}

const reference = /\$\{([a-z]+):([^}]+)\}/gi;
const kinds = ['env', 'file', 'secret'];

/**
 * Replaces `env:`, `file:` and `secret:` references (in `${…}`) in every string of a value. A file's last line break is
 * dropped; a relative path starts at the home.
 *
 * @param missing - told of each reference that leads nowhere, by the path of keys to it and in a sentence
 */
export function resolveReferences(
  value: unknown,
  places: ReferencePlaces,
  missing: (path: (string | number)[], message: string) => void,
  path: (string | number)[] = [],
): unknown {
  if (typeof value === 'string') {
    return value.replace(reference, (whole, kind: string, name: string) => {
      if (!kinds.includes(kind)) {
        missing(path, `\${${kind}:...} is no reference, expected env, file or secret`);
        return whole;
      }
      const found = lookUp(kind, name.trim(), places);
      if (found === undefined) missing(path, `${whole} leads nowhere, expected it to be set`);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item, at) => resolveReferences(item, places, missing, [...path, at]));
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      resolveReferences(item, places, missing, [...path, key]),
    ]);
    return Object.fromEntries(entries);
  }
  return value;
}

function lookUp(kind: string, name: string, { home, env, secret }: ReferencePlaces): string | undefined {
  if (kind === 'env') return env[name] || undefined;
  if (kind === 'secret') return secret(name);
  try {
    const path = name.startsWith('~/') ? join(homedir(), name.slice(2)) : isAbsolute(name) ? name : join(home, name);
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
