import type { SlackChannel } from '../../schemas/channel-file.ts';
import { nothingToRead } from '../../schemas/channel-hook.ts';
import { commandLine } from '../../schemas/chat-command.ts';
import type { IncomingMessage, ThreadPlace } from '../../schemas/chat-message.ts';
import { writeHookPlace } from '../../schemas/hook-place.ts';
import { limits } from '../../schemas/protocol.ts';
import { visibleText } from '../../schemas/visible-text.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import type { ReadHook } from './read-hook.ts';

/**
 * A slash command, or an event of the Events API. A message that names Steward comes as two events, and is one message.
 *
 * @source docs.slack.dev: "Slash commands", "message event", "app_mention event"
 */
export const readSlack: ReadHook<SlackChannel> = (_channel, { body, deliveryId = '' }, { now }) => {
  if (textAt(body, 'command') !== undefined) return { messages: [commandOf(body, deliveryId, now)], news: [] };
  const message = messageOf(body);
  return message === undefined ? nothingToRead : { messages: [message], news: [] };
};

function commandOf(body: unknown, id: string, now: Date): IncomingMessage {
  const channel = textAt(body, 'channel_id') ?? '';
  const respond = textAt(body, 'response_url');
  const direct = channel.startsWith('D') || textAt(body, 'channel_name') === 'directmessage';
  return {
    ...{ dedupeKey: `command:${id}`, from: textAt(body, 'user_id') ?? '', at: now.toISOString(), addressed: true },
    thread: {
      ...{ key: channel, kind: direct ? 'direct' : 'room' },
      address: writeHookPlace({ channel, ...(respond === undefined ? {} : { respond }) }),
    },
    text: commandLine(plainOf(textAt(body, 'text') ?? '')),
  };
}

/** Only what a person wrote: no word of an app, no change of what was said, no joining and leaving. */
function messageOf(body: unknown): IncomingMessage | undefined {
  const type = textAt(body, 'event', 'type');
  const subtype = textAt(body, 'event', 'subtype');
  const from = textAt(body, 'event', 'user');
  const channel = textAt(body, 'event', 'channel');
  const ts = textAt(body, 'event', 'ts');
  if (textAt(body, 'type') !== 'event_callback' || (type !== 'message' && type !== 'app_mention')) return undefined;
  if (
    textAt(body, 'event', 'bot_id') !== undefined ||
    from === undefined ||
    channel === undefined ||
    ts === undefined
  ) {
    return undefined;
  }
  if (subtype !== undefined && subtype !== 'thread_broadcast' && subtype !== 'file_share') return undefined;
  const me = mentionOf(body);
  const raw = textAt(body, 'event', 'text') ?? '';
  const direct = textAt(body, 'event', 'channel_type') === 'im' || channel.startsWith('D');
  const addressed = direct || type === 'app_mention' || (me !== undefined && raw.includes(me));
  return {
    ...{ dedupeKey: `${channel}:${ts}`, from, addressed, at: timeOf(ts) },
    thread: threadOf(channel, textAt(body, 'event', 'thread_ts'), direct),
    text: plainOf(
      raw.replace(type === 'app_mention' ? /^\s*<@[A-Z0-9]+>[:,]?\s*/ : /(?!)/, '').replace(me ?? /(?!)/, ''),
    ),
    ...(subtype === 'file_share' ? { incomplete: 'it came with a file, which is not read' } : {}),
  };
}

/** An event names the members for whom it came: that is Steward's own bot. */
function mentionOf(body: unknown): string | undefined {
  const user = textAt((body as { authorizations?: unknown[] }).authorizations?.[0], 'user_id');
  return user === undefined ? undefined : `<@${user}>`;
}

function threadOf(channel: string, root: string | undefined, direct: boolean): ThreadPlace {
  const address = writeHookPlace({ channel, ...(root === undefined ? {} : { thread: root }) });
  if (direct) return { key: channel, kind: 'direct', address };
  return root === undefined
    ? { key: channel, kind: 'room', address }
    : { key: `${channel}:${root}`, kind: 'thread', address };
}

/** Seconds since 1970 with an order behind the point. */
const timeOf = (ts: string): string => {
  const at = new Date(Number(ts) * 1_000);
  return (Number.isNaN(at.getTime()) ? new Date(0) : at).toISOString();
};

/** Slack's markup as plain words: links, mentions and the three signs that it escapes. */
function plainOf(text: string): string {
  const plain = text
    .replace(/<(?:https?:|mailto:)([^|>]*)\|([^>]*)>/g, '$2')
    .replace(/<((?:https?|mailto):[^|>]*)>/g, '$1')
    .replace(/<[@#!]([^|>]*)(?:\|([^>]*))?>/g, (_, id: string, label?: string) => `@${label ?? id}`)
    .replace(/&(lt|gt|amp);/g, (_, sign: string) => ({ lt: '<', gt: '>', amp: '&' })[sign]!);
  return visibleText(plain).slice(0, limits.chatTextChars).toWellFormed().trim();
}
