import type { SlackChannel } from '../../../schemas/channel-file.ts';
import type { OutgoingChat } from '../../../schemas/chat-message.ts';
import { systemClock } from '../../../schemas/clock.ts';
import { type HookPlace, readHookPlace } from '../../../schemas/hook-place.ts';
import type { SendResult } from '../../../schemas/outgoing.ts';
import { renderMrkdwn } from '../../chat-mrkdwn.ts';
import type { ServiceAnswer, ServiceAsk } from '../service/ask-service.ts';
import { noSuchPlace } from '../service/issue-place.ts';
import { listAt, valueAt, wordAt } from '../service/json-at.ts';
import { mintedAt, mintedBefore } from '../service/marked.ts';
import { type CannotSay, type Prepare, type Service, serviceAdapter } from '../service/service-adapter.ts';

/** What our messages carry where nobody sees it. */
const eventType = 'steward_message';
/** An address that came with a command takes answers for half an hour. @source docs.slack.dev, "Handling user interaction" */
const respondMs = 29 * 60_000;

/**
 * Slack: by a bot token, or else by the address that came with a command, or by an incoming webhook.
 *
 * @source docs.slack.dev/reference/methods/chat.postMessage, conversations.history, "Message metadata"
 */
const service: Service<SlackChannel> = {
  // A text has 40,000 characters before it is cut; escaping makes some of them five.
  limits: { maxChars: 8_000, readsBack: true },
  check: (channel) => (channel.token === undefined ? undefined : call(channel, 'auth.test', {})),
  say: async (channel, message, prepare) => {
    const text = renderMrkdwn(message.document);
    if (channel.token === undefined) return sayByHook(channel, message, text);
    const place = await placeOf(channel, message, prepare);
    if (place?.channel === undefined) return noSuchPlace;
    return call(channel, 'chat.postMessage', {
      ...{ channel: place.channel, text, unfurl_links: false, unfurl_media: false },
      metadata: { event_type: eventType, event_payload: { id: message.id } },
      ...(place.thread === undefined ? {} : { thread_ts: place.thread }),
    });
  },
  judge: judgeSlack,
  find: async (channel, message, prepare) => {
    if (channel.token === undefined) return undefined;
    const place = await placeOf(channel, message, prepare);
    if (place?.channel === undefined) return undefined;
    const oldest = String(mintedBefore(message.id).getTime() / 1_000);
    const where = { channel: place.channel, oldest, include_all_metadata: true, limit: 200 };
    return {
      ask:
        place.thread === undefined
          ? call(channel, 'conversations.history', where)
          : call(channel, 'conversations.replies', { ...where, ts: place.thread }),
      isCopy: (json) => listAt(json, 'messages').some((one) => isOurs(one, message.id)),
    };
  },
};

/** Only an app writes metadata, and one that names our id is ours. */
const isOurs = (one: unknown, id: string): boolean =>
  wordAt(one, 'bot_id') !== undefined &&
  wordAt(one, 'metadata', 'event_type') === eventType &&
  wordAt(one, 'metadata', 'event_payload', 'id') === id;

/** A member is spoken to in the conversation of the two. */
async function placeOf(
  channel: SlackChannel,
  { address }: OutgoingChat,
  prepare: Prepare,
): Promise<HookPlace | undefined> {
  if (!/^[UW][A-Z0-9]{2,}$/.test(address)) return readHookPlace(address);
  const opened = await prepare(call(channel, 'conversations.open', { users: address }));
  const id = wordAt(opened, 'channel', 'id');
  return id === undefined ? undefined : { channel: id };
}

function sayByHook(channel: SlackChannel, message: OutgoingChat, text: string): ServiceAsk | CannotSay {
  const { respond } = readHookPlace(message.address) ?? {};
  const age = systemClock.now().getTime() - mintedAt(message.id).getTime();
  if (respond !== undefined && isSlack(respond, channel) && age < respondMs) {
    return { method: 'POST', url: respond, body: { response_type: 'in_channel', text } };
  }
  if (channel.webhook === undefined) return noSuchPlace;
  return { method: 'POST', url: channel.webhook, body: { text, unfurl_links: false, unfurl_media: false } };
}

/** What comes with a request is from outside: only Slack's own address is spoken to. */
const isSlack = (url: string, { endpoint }: SlackChannel): boolean => {
  const origin = URL.parse(url)?.origin;
  return origin === 'https://hooks.slack.com' || origin === new URL(endpoint).origin;
};

/** Methods are asked by form or JSON; reading ones take a form only. */
function call({ endpoint, token }: SlackChannel, method: string, args: Record<string, unknown>): ServiceAsk {
  const reads = method.startsWith('conversations.h') || method.startsWith('conversations.r');
  const authorization = `Bearer ${token}`;
  const url = `${endpoint.replace(/\/+$/, '')}/${method}`;
  if (!reads) return { method: 'POST', url, headers: { authorization }, body: args };
  const form = new URLSearchParams(Object.entries(args).map(([key, value]): [string, string] => [key, String(value)]));
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, headers, body: form.toString() };
}

/** Slack says no with a success. */
export function judgeSlack({ json, waitMs }: ServiceAnswer): SendResult | undefined {
  if (valueAt(json, 'ok') !== false) return undefined;
  const code = /^[a-z_]{1,60}$/.exec(wordAt(json, 'error') ?? '')?.[0] ?? 'error';
  const detail = `Slack refused it: ${code}`;
  if (code === 'ratelimited') return { state: 'again', detail, waitMs: waitMs ?? 60_000 };
  if (code === 'internal_error' || code === 'fatal_error' || code === 'request_timeout') {
    return { state: 'unknown', detail };
  }
  return { state: 'failed', detail, code };
}

export const slackAdapter = serviceAdapter<SlackChannel>(service);
