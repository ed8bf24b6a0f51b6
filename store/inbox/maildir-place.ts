import type { KeyRing } from '../keys/key-ring.ts';

/**
 * Where a Maildir file lies, as an inbox row says it: a fingerprint of the part of its name that never changes, so that
 * a file that was read is known without being opened, and no host or account name of a delivery agent is stored.
 */
export function maildirPlace(keys: KeyRing, path: string): { mailbox: string; uidValidity: string; uid: null } {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const colon = name.indexOf(':');
  const unique = colon === -1 ? name : name.slice(0, colon);
  return { mailbox: 'maildir', uidValidity: keys.fingerprint('maildir-name', unique), uid: null };
}
