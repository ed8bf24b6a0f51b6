/** A value of JSON from outside by its path; undefined where the path leads nowhere. Never throws. */
export function valueAt(json: unknown, ...path: readonly (string | number)[]): unknown {
  let at = json;
  for (const key of path) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}

/** A text that says something, or a number as one; undefined for all else. */
export function wordAt(json: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = valueAt(json, ...path);
  if (typeof found === 'number') return String(found);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A list; empty for all else. */
export function listAt(json: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(json, ...path);
  return Array.isArray(found) ? found : [];
}
