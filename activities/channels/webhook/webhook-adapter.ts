import { createHmac } from 'node:crypto';
import type { WebhookChannel } from '../../../schemas/channel-file.ts';
import { systemClock } from '../../../schemas/clock.ts';
import { readHookPlace } from '../../../schemas/hook-place.ts';
import { noSuchPlace } from '../service/issue-place.ts';
import { type Service, serviceAdapter } from '../service/service-adapter.ts';

/**
 * Any receiver of Standard Webhooks: what Steward says is posted as an event `message`, signed. Its id is the message's
 * own, the same on every attempt.
 *
 * @source standard-webhooks/standard-webhooks, spec 1.0
 */
const service: Service<WebhookChannel> = {
  limits: { maxChars: 100_000, readsBack: false },
  check: () => undefined,
  isIdempotent: ({ repeats }) => repeats === 'dropped',
  say: async ({ url, secret }, { id, address, document, text }) => {
    if (url === undefined) return noSuchPlace;
    const now = systemClock.now();
    const { thread } = readHookPlace(address) ?? {};
    const data = { id, text, document, ...(thread === undefined ? {} : { thread }) };
    const body = JSON.stringify({ type: 'message', timestamp: now.toISOString(), data });
    const seconds = String(Math.floor(now.getTime() / 1_000));
    const headers = {
      ...{ 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': seconds },
      'webhook-signature': `v1,${signatureOf(secret, `${id}.${seconds}.${body}`)}`,
    };
    return { method: 'POST', url, headers, body };
  },
};

/** `whsec_` and base64 is the form of the specification; any other secret is its own bytes. */
function signatureOf(secret: string, signed: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  return createHmac('sha256', key).update(signed).digest('base64');
}

export const webhookAdapter = serviceAdapter<WebhookChannel>(service);
