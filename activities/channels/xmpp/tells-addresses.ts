import { xml } from '@xmpp/client';
import type { XmppLink } from './connect-xmpp.ts';
import { ns } from './xmpp-names.ts';

/** @source RFC 6120 8.3.3 */
const passing = new Set(['remote-server-timeout', 'resource-constraint', 'internal-server-error']);

/**
 * Whether a room tells everybody who is in it by real address. Only then its archive says so of each message; in any
 * other room an address in a message is its sender's own claim.
 *
 * @source XEP-0045 6.4 and 15.1 (muc_nonanonymous), XEP-0313 6.1.2
 */
export async function tellsAddresses(link: XmppLink, room: string): Promise<boolean> {
  try {
    const info = await link.ask('get', xml('query', { xmlns: ns.disco }), room);
    return info.getChildren('feature').some(({ attrs }) => attrs.var === 'muc_nonanonymous');
  } catch (error) {
    // A room that says no tells nothing; one that says nothing is asked again, or its words would count for nobody for good.
    const { name, condition } = error as { readonly name?: unknown; readonly condition?: unknown };
    if (name === 'StanzaError' && !passing.has(String(condition))) return false;
    throw error;
  }
}
