import { type Channel, type ChatChannel, isPostKind } from '../../schemas/channel-file.ts';
import type { ChatAdapter, ChatTransport } from '../../schemas/chat-adapter.ts';
import { StewardError } from '../../schemas/errors.ts';
import { matrixAdapter } from './matrix/matrix-adapter.ts';

/** Every kind of channel of messages: a new one is one folder and one line here. */
const adapters: { readonly [K in ChatChannel['kind']]?: ChatAdapter<Extract<Channel, { kind: K }>> } = {
  matrix: matrixAdapter,
};

/** The adapter of a channel's kind. @throws channelUnknown where this Steward has none */
export function adapterFor({ kind }: ChatChannel): ChatAdapter<ChatChannel> {
  const adapter = adapters[kind];
  if (adapter === undefined)
    throw new StewardError('channelUnknown', `There is no adapter for channels of kind ${kind}`);
  return adapter as ChatAdapter<ChatChannel>;
}

/** What the API takes in one piece, and what fits into one mail. */
const mostChars = { api: 32_768, post: 262_144 };

/** How messages leave: by the adapter of their channel's kind. */
export const chatTransport: ChatTransport = {
  send: (channel, message, contentBegins) => adapterFor(channel).send(channel, message, contentBegins),
  findCopy: (channel, message) => adapterFor(channel).findCopy(channel, message),
  maxCharsOf: async (kind) => {
    if (isPostKind(kind)) return mostChars.post;
    return adapters[kind as ChatChannel['kind']]?.limits.maxChars ?? mostChars.api;
  },
};
