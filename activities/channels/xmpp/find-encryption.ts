import type { Element } from './element.ts';

const legacyOmemo = 'eu.siacs.conversations.axolotl';
const sealed: readonly { readonly name: string; readonly xmlns: string; readonly word: string }[] = [
  { name: 'encrypted', xmlns: 'urn:xmpp:omemo:2', word: 'OMEMO' },
  { name: 'encrypted', xmlns: 'urn:xmpp:omemo:1', word: 'OMEMO' },
  { name: 'encrypted', xmlns: legacyOmemo, word: 'OMEMO' },
  { name: 'openpgp', xmlns: 'urn:xmpp:openpgp:0', word: 'OpenPGP' },
  { name: 'x', xmlns: 'jabber:x:encrypted', word: 'OpenPGP' },
];

/**
 * Names the encryption of a message that has content which cannot be opened. Pure.
 *
 * @returns undefined for what is open, and for OMEMO that carries keys and no content
 * @source XEP-0384, XEP-0373, XEP-0027, XEP-0380, XEP-0364
 */
export function encryptionOf(stanza: Element, body: string | undefined): string | undefined {
  for (const { name, xmlns, word } of sealed) {
    const found = stanza.getChild(name, xmlns);
    if (found === undefined) continue;
    if (word !== 'OMEMO' || body !== undefined || found.getChild('payload') !== undefined) return word;
    return undefined;
  }
  if (body?.startsWith('?OTR') === true) return 'OTR';
  // Its own name of the method is foreign text.
  return stanza.getChild('encryption', 'urn:xmpp:eme:0') === undefined ? undefined : 'in a way not known here';
}
