import type { XmppChannel } from '../../../schemas/channel-file.ts';
import type { ChatAdapter } from '../../../schemas/chat-adapter.ts';
import { findCopy } from './find-copy.ts';
import { sendXmpp } from './send-xmpp.ts';
import { serveXmpp } from './serve-xmpp.ts';
import { xmppLimits } from './xmpp-limits.ts';

/** How XMPP is spoken. The archive of the account is the truth; a server without one is served as it comes. */
export const xmppAdapter: ChatAdapter<XmppChannel> = {
  limits: xmppLimits,
  serve: (serving) => serveXmpp(serving),
  send: (channel, message, contentBegins) => sendXmpp(channel, message, contentBegins),
  findCopy,
};
