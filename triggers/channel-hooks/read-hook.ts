import type { Channel } from '../../schemas/channel-file.ts';
import type { HookReading } from '../../schemas/channel-hook.ts';
import type { Verdict, WebhookRequest } from '../webhooks/webhook-request.ts';

/**
 * Reads what a delivery says whose sender is proven. Pure.
 *
 * @throws badInput where the kind of channel has a shape of its own that the body does not keep to
 */
export type ReadHook<C extends Channel> = (
  channel: C,
  proven: Extract<Verdict, { ok: true }>,
  request: WebhookRequest,
) => HookReading;
