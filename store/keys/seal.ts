import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { StewardError } from '../../schemas/errors.ts';

/** 96-bit nonce and 128-bit tag. @source NIST SP 800-38D 5.2.1.1 and 8.2.2 */
const nonceBytes = 12;
const tagBytes = 16;
const version = 1;

/** So much longer is what is sealed than what it holds. */
export const sealOverheadBytes = 1 + nonceBytes + tagBytes;

/**
 * Encrypts with AES-256-GCM under a random nonce. Layout: version 1 byte, nonce 12, ciphertext, tag 16.
 *
 * @param context - what the ciphertext belongs to; the same words must be given to open it (AAD).
 */
export function seal(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([Buffer.of(version), nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens what `seal` made.
 *
 * @throws sealBroken when one bit, the key or the context differs
 */
export function unseal(key: Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed.length < sealOverheadBytes || sealed[0] !== version) {
    throw new StewardError('sealBroken', `Cannot open ${context}: not a sealed value of version ${version}`);
  }
  // Node accepts a 4-byte tag unless the length is named here.
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  try {
    return Buffer.concat([
      decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes)),
      decipher.final(),
    ]);
  } catch (cause) {
    throw new StewardError('sealBroken', `Cannot open ${context}: key or content differs`, { cause });
  }
}
