import type { MattermostChannel } from '../../schemas/channel-file.ts';
import { nothingToRead } from '../../schemas/channel-hook.ts';
import { commandLine } from '../../schemas/chat-command.ts';
import { writeHookPlace } from '../../schemas/hook-place.ts';
import { limits } from '../../schemas/protocol.ts';
import { visibleText } from '../../schemas/visible-text.ts';
import { hashOf } from '../webhooks/prove.ts';
import { textAt } from '../webhooks/webhook-request.ts';
import type { ReadHook } from './read-hook.ts';

/**
 * A slash command, or a post that an outgoing webhook passes on. Whoever uses either speaks to Steward.
 *
 * @source developers.mattermost.com: "Slash commands", "Outgoing webhooks"
 */
export const readMattermost: ReadHook<MattermostChannel> = (_channel, { body }, { now, rawBody }) => {
  const channel = textAt(body, 'channel_id');
  const from = textAt(body, 'user_id');
  if (channel === undefined || from === undefined) return nothingToRead;
  const command = textAt(body, 'command');
  const respond = textAt(body, 'response_url');
  const word = textAt(body, 'trigger_word') ?? '';
  const said = textAt(body, 'text') ?? '';
  // The channel of two has the ids of both for a name.
  const direct = /^\w{26}__\w{26}$/.test(textAt(body, 'channel_name') ?? '');
  const shown = visibleText(command === undefined && said.startsWith(word) ? said.slice(word.length) : said);
  const message = {
    dedupeKey: textAt(body, 'post_id') ?? `command:${textAt(body, 'trigger_id') ?? hashOf(rawBody)}`,
    thread: {
      ...{ key: channel, kind: direct ? ('direct' as const) : ('room' as const) },
      address: writeHookPlace({ channel, ...(respond === undefined ? {} : { respond }) }),
    },
    ...{ from, at: now.toISOString(), addressed: true },
    text: commandLine(
      shown
        .slice(0, limits.chatTextChars)
        .toWellFormed()
        .replace(/^[\s:,]+/, '')
        .trim(),
    ),
  };
  return { messages: [message], news: [] };
};
