import type { XmppLink } from './connect-xmpp.ts';
import { bareOf } from './xmpp-names.ts';

const links = new Map<string, XmppLink>();

/** Keeps the connection that serves an account, so that what is said leaves over it. @returns how to forget it */
export function keepLink(link: XmppLink): () => void {
  links.set(link.account, link);
  const forget = () => {
    if (links.get(link.account) === link) links.delete(link.account);
  };
  // At once, not when its session has tidied up: what is sent meanwhile needs a connection of its own.
  link.lost.catch(forget);
  return forget;
}

/** The connection that serves an account in this process, if there is one. */
export const liveLink = (jid: string): XmppLink | undefined => links.get(bareOf(jid));
