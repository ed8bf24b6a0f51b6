import type { MattermostChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { type HookPlace, readHookPlace } from '../../../schemas/hook-place.ts';
import { renderMarkdown } from '../../chat-markdown.ts';
import type { ServiceAsk } from '../service/ask-service.ts';
import { noSuchPlace } from '../service/issue-place.ts';
import { valueAt, wordAt } from '../service/json-at.ts';
import { mintedBefore } from '../service/marked.ts';
import { type CannotSay, type Prepare, type Service, serviceAdapter } from '../service/service-adapter.ts';

const userId = /^[a-z0-9]{26}$/;

/**
 * Mattermost: by the token of a bot, or else by the address that came with a command, or by an incoming webhook.
 *
 * @source developers.mattermost.com/api-documentation, posts; "Incoming webhooks"
 */
const service: Service<MattermostChannel> = {
  // A post has 16,383 characters; what Markdown escapes becomes longer.
  limits: { maxChars: 7_000, readsBack: true },
  check: (channel) => (channel.token === undefined ? undefined : call(channel, 'GET', '/users/me')),
  say: async (channel, message, prepare) => {
    const text = renderMarkdown(message.document);
    if (channel.token === undefined) return sayByHook(channel, message, text);
    const place = await placeOf(channel, message, prepare);
    if (place?.channel === undefined) return noSuchPlace;
    return call(channel, 'POST', '/posts', {
      ...{ channel_id: place.channel, message: text, props: { steward_id: message.id } },
      ...(place.thread === undefined ? {} : { root_id: place.thread }),
    });
  },
  find: async (channel, message, prepare) => {
    if (channel.token === undefined) return undefined;
    const place = await placeOf(channel, message, prepare);
    if (place?.channel === undefined) return undefined;
    const me = wordAt(await prepare(call(channel, 'GET', '/users/me')), 'id');
    const since = mintedBefore(message.id).getTime();
    return {
      ask: call(channel, 'GET', `/channels/${place.channel}/posts?since=${since}`),
      isCopy: (json) =>
        Object.values((valueAt(json, 'posts') ?? {}) as object).some(
          (one) => wordAt(one, 'user_id') === me && wordAt(one, 'props', 'steward_id') === message.id,
        ),
    };
  },
};

/** A person is spoken to in the channel of the two. */
async function placeOf(
  channel: MattermostChannel,
  { address }: OutgoingChat,
  prepare: Prepare,
): Promise<HookPlace | undefined> {
  if (!userId.test(address)) {
    const place = readHookPlace(address);
    return place?.channel !== undefined && userId.test(place.channel) ? place : undefined;
  }
  const me = wordAt(await prepare(call(channel, 'GET', '/users/me')), 'id');
  const direct = wordAt(await prepare(call(channel, 'POST', '/channels/direct', [me, address])), 'id');
  return direct === undefined ? undefined : { channel: direct };
}

function sayByHook(channel: MattermostChannel, message: OutgoingChat, text: string): ServiceAsk | CannotSay {
  const { respond } = readHookPlace(message.address) ?? {};
  // What comes with a request is from outside: only the channel's own server is spoken to.
  const isOwn = respond !== undefined && URL.parse(respond)?.origin === new URL(channel.server).origin;
  const url = isOwn ? respond : channel.webhook;
  if (url === undefined) return noSuchPlace;
  return { method: 'POST', url, body: { text, ...(isOwn ? { response_type: 'in_channel' } : {}) } };
}

function call({ server, token }: MattermostChannel, method: 'GET' | 'POST', path: string, body?: unknown): ServiceAsk {
  const url = `${server.replace(/\/+$/, '')}/api/v4${path}`;
  return { method, url, headers: { authorization: `Bearer ${token}` }, ...(body === undefined ? {} : { body }) };
}

export const mattermostAdapter = serviceAdapter<MattermostChannel>(service);
