import { xml } from '@xmpp/client';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import { liveLink } from './live-links.ts';
import { ns } from './xmpp-names.ts';

/**
 * Shows somebody that an answer is on its way, or that it is not any more; over the connection that is there, or not at
 * all. It is of this moment only: no server keeps it, no other client of ours hears it.
 *
 * @source XEP-0085, XEP-0334
 */
export async function showTyping(channel: XmppChannel, address: string, working: boolean): Promise<void> {
  const state = working ? 'composing' : 'active';
  await liveLink(channel.jid)?.send(
    xml(
      'message',
      { to: address, type: 'chat' },
      xml(state, { xmlns: ns.chatStates }),
      xml('no-store', { xmlns: ns.hints }),
      xml('no-copy', { xmlns: ns.hints }),
    ),
  );
}
