import type { Element } from './element.ts';
import { bareOf, ns } from './xmpp-names.ts';

/** A live stanza, and what it means for reading. */
export interface LiveMessage {
  /** The message itself, out of its carbon. */
  readonly stanza: Element;
  /** The archive that holds it: the own account's is the own bare JID, a room's is the room. */
  readonly archive: string;
  /** Somebody says that the archive has it: its owner, or, on a server that leaves such words in, the sender. */
  readonly named: boolean;
  /** Its id in that archive, where one was told and no second: servers add theirs to what a sender wrote. */
  readonly archiveId: string | undefined;
  /** It was kept by the server before it came: an archive has it, or history of a room does. */
  readonly delayed: boolean;
  /** The archive's owner itself says that it is of the past: a sender may write of a delay too. */
  readonly past: boolean;
}

/**
 * Says what a live stanza is a hint of. A carbon counts only from the own server, an archive's id only by the archive's
 * own address; whatever else claims to be one is a message of its sender like any other. Pure.
 *
 * @source XEP-0280 11 (forged carbons), XEP-0359 6 (spoofed ids)
 */
export function readLive(
  stanza: Element,
  { account, rooms }: { readonly account: string; readonly rooms: ReadonlyMap<string, string> },
): LiveMessage | undefined {
  if (stanza.getName() !== 'message' || stanza.attrs.type === 'error') return undefined;
  const from = typeof stanza.attrs.from === 'string' ? bareOf(stanza.attrs.from) : account;
  const bare = !String(stanza.attrs.from ?? '').includes('/');
  const ownServer = bare && from === account;
  if (bare && (ownServer || rooms.has(from)) && stanza.getChild('result', ns.archive) !== undefined) return undefined;
  const carbon = stanza.getChild('received', ns.carbons) ?? stanza.getChild('sent', ns.carbons);
  if (carbon !== undefined) {
    if (!ownServer) return undefined;
    const inner = carbon.getChild('forwarded', ns.forward)?.getChild('message');
    return inner === undefined ? undefined : describe(inner, account);
  }
  return describe(stanza, rooms.has(from) ? from : account);
}

function describe(stanza: Element, archive: string): LiveMessage {
  const ids = stanza
    .getChildren('stanza-id', ns.stanzaId)
    .filter(({ attrs }) => typeof attrs.by === 'string' && bareOf(attrs.by) === archive && attrs.by.indexOf('/') < 0)
    .map(({ attrs }): unknown => attrs.id)
    .filter((id) => typeof id === 'string' && id !== '');
  const delays = stanza.getChildren('delay', ns.delay);
  return {
    stanza,
    archive,
    named: ids.length > 0,
    archiveId: ids.length === 1 ? String(ids[0]) : undefined,
    delayed: delays.length > 0,
    past: delays.some(({ attrs }) => typeof attrs.from === 'string' && bareOf(attrs.from) === archive),
  };
}
