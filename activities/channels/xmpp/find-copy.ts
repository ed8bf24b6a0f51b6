import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { connectXmpp, type XmppLink } from './connect-xmpp.ts';
import { liveLink } from './live-links.ts';
import { nameXmppFailure } from './name-xmpp-failure.ts';
import { hasNoArchive, queryArchive } from './query-archive.ts';
import { originOf } from './read-message.ts';
import { bareOf, domainOf, resourceOf } from './xmpp-names.ts';

const pageSize = 50;
/** A message that is looked for was written minutes ago, or days after an outage; not thousands of messages ago. */
const maxPages = 20;

export interface FoundCopy {
  readonly found: boolean;
  readonly where?: string;
}

/**
 * Looks for a message of ours in the archive, newest first. Reads only. Absence proves nothing.
 *
 * @throws channelBusy, channelLoginRefused, channelInsecure: then nothing is known
 */
export async function findCopy(channel: XmppChannel, message: OutgoingChat): Promise<FoundCopy> {
  let own: XmppLink | undefined;
  try {
    const live = liveLink(channel.jid);
    own = live === undefined ? await connectXmpp(channel, new AbortController().signal) : undefined;
    const nick = channel.rooms.find(({ room }) => bareOf(room) === bareOf(message.address))?.nick;
    return await findIn(live ?? own!, message, nick);
  } catch (error) {
    throw nameXmppFailure(error, domainOf(channel.jid));
  } finally {
    await own?.close();
  }
}

/** The same over a connection that is there. @param nick - our name, where the message went to a room */
export async function findIn(link: XmppLink, message: OutgoingChat, nick = 'steward'): Promise<FoundCopy> {
  const room = message.kind === 'room' ? bareOf(message.address) : undefined;
  const isOurs = (from: unknown) =>
    typeof from === 'string' && (room === undefined ? bareOf(from) === link.account : resourceOf(from) === nick);
  let before = '';
  try {
    for (let pages = 0; pages < maxPages; pages += 1) {
      const narrow = room === undefined ? { with: message.address } : {};
      const page = await queryArchive(link, { room, max: pageSize, before, ...narrow });
      const found = page.messages.some(({ stanza }) => isOurs(stanza.attrs.from) && originOf(stanza) === message.id);
      if (found) return { found: true, where: 'the archive' };
      if (page.complete || page.first === undefined) break;
      before = page.first;
    }
  } catch (error) {
    if (!hasNoArchive(error)) throw error;
  }
  return { found: false };
}
