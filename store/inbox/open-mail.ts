import type { inbox } from '../../schemas/db/inbox.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/**
 * Opens what an inbox row holds, the proof of its sender included.
 *
 * @throws sealBroken, keyMissing
 */
export function openMail(
  keys: KeyRing,
  row: Pick<typeof inbox.$inferSelect, 'id' | 'personId' | 'wrappedKey' | 'content'>,
): ParsedMail {
  const place = { table: 'inbox', row: row.id, column: 'content', person: row.personId };
  return JSON.parse(keys.unit(row.personId, row.wrappedKey).open(place, row.content).toString('utf8')) as ParsedMail;
}
