/** Namespaces, as the protocol spells them. */
export const ns = {
  archive: 'urn:xmpp:mam:2',
  carbons: 'urn:xmpp:carbons:2',
  chatStates: 'http://jabber.org/protocol/chatstates',
  delay: 'urn:xmpp:delay',
  disco: 'http://jabber.org/protocol/disco#info',
  form: 'jabber:x:data',
  forward: 'urn:xmpp:forward:0',
  hints: 'urn:xmpp:hints',
  /** XEP-0333. */
  markers: 'urn:xmpp:chat-markers:0',
  muc: 'http://jabber.org/protocol/muc',
  mucUser: 'http://jabber.org/protocol/muc#user',
  pages: 'http://jabber.org/protocol/rsm',
  ping: 'urn:xmpp:ping',
  receipts: 'urn:xmpp:receipts',
  stanzaId: 'urn:xmpp:sid:0',
  /** XEP-0393. */
  styling: 'urn:xmpp:styling:0',
  streamManagement: 'urn:xmpp:sm:3',
  streams: 'http://etherx.jabber.org/streams',
  tls: 'urn:ietf:params:xml:ns:xmpp-tls',
} as const;

/** A JID without its resource, in the case that servers compare by. */
export function bareOf(jid: string): string {
  const slash = jid.indexOf('/');
  return (slash < 0 ? jid : jid.slice(0, slash)).toLowerCase();
}

/** The resource of a JID; in a room, the nick. */
export function resourceOf(jid: string): string | undefined {
  const slash = jid.indexOf('/');
  return slash < 0 ? undefined : jid.slice(slash + 1);
}

/** The domain of a JID. */
export function domainOf(jid: string): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf('@') + 1);
}
