import { z } from 'zod';
import type { WebhookChannel } from '../../schemas/channel-file.ts';
import { StewardError } from '../../schemas/errors.ts';
import { writeHookPlace } from '../../schemas/hook-place.ts';
import { limits } from '../../schemas/protocol.ts';
import { visibleText } from '../../schemas/visible-text.ts';
import type { ReadHook } from './read-hook.ts';

/** What a sender posts: `{ "text": "…" }`, or the same as `data` of an event. */
const said = z.object({
  text: z.string().min(1).max(1_048_576),
  from: z.string().min(1).max(200).default('me'),
  thread: z.string().min(1).max(200).optional(),
});

/** A message by Standard Webhooks; its `webhook-id` is its own. @throws badInput where it says nothing */
export const readWebhook: ReadHook<WebhookChannel> = (_channel, { body, deliveryId = '', sentAt }, { now }) => {
  const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : body;
  const parsed = said.safeParse(data);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StewardError(
      'badInput',
      `The field ${issue?.path.join('.') || 'text'} of the message: ${issue?.message}`,
    );
  }
  const { text, from, thread } = parsed.data;
  const message = {
    dedupeKey: deliveryId,
    thread: {
      key: thread ?? '',
      kind: thread === undefined ? ('direct' as const) : ('thread' as const),
      address: thread === undefined ? 'hook' : writeHookPlace({ thread }),
    },
    ...{ from, at: (sentAt ?? now).toISOString(), addressed: true },
    text: visibleText(text).slice(0, limits.chatTextChars).toWellFormed(),
  };
  return { messages: [message], news: [] };
};
