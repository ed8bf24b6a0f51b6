const shownCharacters = 60;

/** Names of keys whose values are secret, wherever they stand. */
const secretWord = /pass(word|wd|phrase)|secret|token|api_?key|private_?key|authorization|credential/i;
const secretPart = /^(auth|headers|pass|pw)$/i;

/** Whether a value under these keys may be secret: `imap.password`, `webhook.secret.0`, anything in `headers`. */
export function mayBeSecret(path: readonly PropertyKey[]): boolean {
  return path.some((part) => secretWord.test(String(part)) || secretPart.test(String(part)));
}

/**
 * A value as a sentence repeats it: as it stands in the file, on one line and at most 60 characters. Of one that may be
 * secret, and of maps and lists, only what it is.
 *
 * @param options.typeOnly - repeats no value, for what is logged or recorded
 */
export function showValue(
  value: unknown,
  path: readonly PropertyKey[],
  options: { readonly typeOnly?: boolean } = {},
): string {
  const hidden = options.typeOnly === true || mayBeSecret(path);
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return showMap(value, hidden);
  if (hidden) return { string: 'text', boolean: 'true or false' }[typeof value as string] ?? 'a number';
  if (typeof value !== 'string') return String(value);
  return `"${cut(withoutLogin(value))}"`;
}

/** A text that came from a file, cut so that it fits into a sentence. */
export function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line;
}

function showMap(value: object, hidden: boolean): string {
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty map';
  return hidden ? 'a map' : `a map of ${cut(keys.join(', '))}`;
}

/** A login may stand where nobody expects one: in an address, or after the word that announces it. */
function withoutLogin(text: string): string {
  return text.replace(/:\/\/[^\s@]*@/g, '://…@').replace(/\b(bearer|basic)\s+\S+/gi, '$1 …');
}
