import { createHash } from 'node:crypto';
import { limits } from '../../../schemas/protocol.ts';
import { fieldOf, type SplitHeader } from './split-header.ts';

/** SHA-256 of the raw header block, hex. */
export function headerHash(header: SplitHeader): string {
  return createHash('sha256').update(header.block).digest('hex');
}

/** `Message-ID` as it stands, angle brackets included, without whitespace. @source RFC 5322 3.6.4 */
export function messageIdOf(header: SplitHeader): string | undefined {
  const value = fieldOf(header, 'message-id')?.replace(/\s+/g, '') ?? '';
  return value === '' ? undefined : value.slice(0, 998);
}

/**
 * The key that makes two deliveries the same mail, wherever and whenever they are read: EMAILID or X-GM-MSGID, else
 * Message-ID with the hash of the raw header block, else the hash of the raw bytes. Never random, so it may be repeated.
 *
 * @param raw - the mail, or its first `limits.mailFetchBytes`.
 * @param sizeBytes - size of the whole mail: it stands for the bytes that were not read.
 * @source RFC 8474 5.1
 */
export function messageIdentity(
  header: SplitHeader,
  raw: Uint8Array,
  { sizeBytes, emailId }: { readonly sizeBytes: number; readonly emailId?: string | undefined },
): string {
  if (emailId !== undefined && emailId !== '') return `emailid:${emailId}`;
  const messageId = messageIdOf(header);
  // A header block that fills all that was read is not known to its end.
  if (messageId !== undefined && header.bodyAt < limits.mailFetchBytes) return `mid:${messageId}:${headerHash(header)}`;
  const hash = createHash('sha256').update(raw.subarray(0, limits.mailFetchBytes)).digest('hex');
  return sizeBytes > limits.mailFetchBytes ? `raw:${hash}:${sizeBytes}` : `raw:${hash}`;
}
