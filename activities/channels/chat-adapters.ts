import type { Channel, ChatChannel } from '../../schemas/channel-file.ts';
import type { ChatAdapter, ChatTransport } from '../../schemas/chat-adapter.ts';
import { StewardError } from '../../schemas/errors.ts';
import { xmppLimits } from './xmpp/xmpp-limits.ts';

/** Loaded when it is first used, so that a home without such a channel does not carry its library. */
const xmpp = async () => (await import('./xmpp/xmpp-adapter.ts')).xmppAdapter;

/** Every kind of channel of messages: a new one is one folder and one entry here. */
const adapters: { readonly [K in ChatChannel['kind']]?: ChatAdapter<Extract<Channel, { kind: K }>> } = {
  xmpp: {
    limits: xmppLimits,
    serve: async (serving) => (await xmpp()).serve(serving),
    send: async (...asked) => (await xmpp()).send(...asked),
    findCopy: async (...asked) => (await xmpp()).findCopy(...asked),
  },
};

/** The adapter of a channel's kind. @throws channelUnknown where this Steward has none */
export function adapterFor({ kind }: ChatChannel): ChatAdapter<ChatChannel> {
  const adapter = adapters[kind];
  if (adapter === undefined)
    throw new StewardError('channelUnknown', `There is no adapter for channels of kind ${kind}`);
  return adapter as ChatAdapter<ChatChannel>;
}

/** How messages leave: by the adapter of their channel's kind. */
export const chatTransport: ChatTransport = {
  send: (channel, message, contentBegins) => adapterFor(channel).send(channel, message, contentBegins),
  findCopy: (channel, message) => adapterFor(channel).findCopy(channel, message),
};
