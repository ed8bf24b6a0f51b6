import type { Channel } from '../../schemas/channel-file.ts';
import type { HookReading } from '../../schemas/channel-hook.ts';
import { StewardError } from '../../schemas/errors.ts';
import { webhookWhen } from '../../schemas/trigger-kinds/webhook.ts';
import { verifyWebhook } from '../webhooks/verify-webhook.ts';
import type { WebhookRequest } from '../webhooks/webhook-request.ts';
import { hookKindOf } from './hook-readers.ts';

/** Whether a channel takes deliveries: its kind does, and its file has the secret. Pure. */
export const takesDeliveries = (channel: Channel): boolean =>
  channel.enabled && hookKindOf(channel) !== undefined && 'secret' in channel && channel.secret !== undefined;

/**
 * Reads a delivery, once its sender is proven. Pure.
 *
 * @throws hookRefused
 */
export function readDelivery(channel: Channel, request: WebhookRequest): HookReading {
  const kind = hookKindOf(channel);
  if (kind === undefined || !('secret' in channel) || channel.secret === undefined) {
    throw new StewardError('hookRefused', `The channel ${channel.name} takes no deliveries`);
  }
  const { webhook } = webhookWhen.parse({ webhook: { provider: kind.provider, secret: channel.secret } });
  const verdict = verifyWebhook(request, webhook);
  if (!verdict.ok) {
    throw new StewardError('hookRefused', `The request does not prove its sender: ${verdict.refused}`);
  }
  if (verdict.challenge !== undefined) return { messages: [], news: [], reply: verdict.challenge };
  return kind.read(channel, verdict, request);
}
