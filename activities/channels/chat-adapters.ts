import { type Channel, type ChatChannel, isPostKind } from '../../schemas/channel-file.ts';
import type { ChatAdapter, ChatTransport } from '../../schemas/chat-adapter.ts';
import { matrixAdapter } from './matrix/matrix-adapter.ts';
import { xmppAdapter } from './xmpp/xmpp-adapter.ts';

/** Every kind of channel of messages: a new one is one folder and one line here. */
const adapters: { readonly [K in ChatChannel['kind']]: ChatAdapter<Extract<Channel, { kind: K }>> } = {
  matrix: matrixAdapter,
  xmpp: xmppAdapter,
};

/** The adapter of a channel's kind. */
export const adapterFor = ({ kind }: ChatChannel) => adapters[kind] as ChatAdapter<ChatChannel>;

/** What the API takes in one piece, and what fits into one mail. */
const mostChars = { api: 32_768, post: 262_144 };

/** How messages leave: by the adapter of their channel's kind. */
export const chatTransport: ChatTransport = {
  send: (channel, message, contentBegins) => adapterFor(channel).send(channel, message, contentBegins),
  findCopy: (channel, message) => adapterFor(channel).findCopy(channel, message),
  maxCharsOf: async (kind) => {
    if (isPostKind(kind)) return mostChars.post;
    return kind in adapters ? adapters[kind as ChatChannel['kind']].limits.maxChars : mostChars.api;
  },
};
