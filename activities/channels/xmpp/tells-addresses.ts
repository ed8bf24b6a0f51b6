import { xml } from '@xmpp/client';
import type { XmppLink } from './connect-xmpp.ts';
import { ns } from './xmpp-names.ts';

/**
 * Whether a room tells everybody who is in it by real address. Only then its archive says so of each message; in any
 * other room an address in a message is its sender's own claim.
 *
 * @source XEP-0045 6.4 and 15.1 (muc_nonanonymous), XEP-0313 6.1.2
 */
export async function tellsAddresses(link: XmppLink, room: string): Promise<boolean> {
  const info = await link.ask('get', xml('query', { xmlns: ns.disco }), room).catch(() => undefined);
  return info?.getChildren('feature').some(({ attrs }) => attrs.var === 'muc_nonanonymous') ?? false;
}
