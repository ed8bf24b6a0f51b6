import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { ChatAdapter } from '../../../schemas/chat-adapter.ts';
import { xmppLimits } from './xmpp-limits.ts';

/**
 * XMPP: the archive of the account is the truth; a server without one is served as it comes. What it works with is loaded
 * by the first call, so that whoever has no such channel does not hold its library in memory.
 */
export const xmppAdapter: ChatAdapter<XmppChannel> = {
  limits: xmppLimits,
  serve: async (serving) => (await import('./serve-xmpp.ts')).serveXmpp(serving),
  check: async (channel, signal) => {
    const { connectXmpp } = await import('./connect-xmpp.ts');
    await (await connectXmpp(channel, signal)).close();
  },
  send: async (channel, message, contentBegins) =>
    (await import('./send-xmpp.ts')).sendXmpp(channel, message, contentBegins),
  // A room is shown nothing: there each says it to all.
  showWorking: async (channel, { address, kind }, working) => {
    if (kind === 'direct') await (await import('./show-typing.ts')).showTyping(channel, address, working);
  },
  findCopy: async (channel, message) => (await import('./find-copy.ts')).findCopy(channel, message),
};
