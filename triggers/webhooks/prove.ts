import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares in a time that does not depend on how much is right, nor on how long the right one is. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHmac('sha256', 'compare').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether one of several is right; looks at all of them whichever it is. */
export function isOneOf(given: string, expected: readonly string[]): boolean {
  return expected.map((one) => isSame(given, one)).some((same) => same);
}

export interface Signature {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly encoding: 'hex' | 'base64';
  /** One after the other. */
  readonly parts: readonly (string | Buffer)[];
}

/** Whether what was given is the HMAC under one of the keys. */
export function isSigned(
  given: string,
  keys: readonly (string | Buffer)[],
  { algorithm, encoding, parts }: Signature,
): boolean {
  const expected = keys.map((key) => {
    const hmac = createHmac(algorithm, key);
    for (const part of parts) hmac.update(part);
    return hmac.digest(encoding);
  });
  return isOneOf(encoding === 'hex' ? given.toLowerCase() : given, expected);
}

/** An id for a request whose sender gives none: the same bytes at the same signed time are the same delivery. */
export function hashOf(rawBody: Buffer, signedTime = ''): string {
  return createHash('sha256').update(`${signedTime}.`).update(rawBody).digest('hex');
}
