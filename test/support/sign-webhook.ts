import { createHmac } from 'node:crypto';
import type { WebhookProvider } from '../../schemas/trigger-kinds/webhook.ts';

export interface ToSign {
  readonly body: Buffer;
  readonly secret: string;
  /** When it is sent. */
  readonly at: Date;
  /** The sender's id of the delivery, where it travels in a header. */
  readonly id: string;
  /** The sender's name of the event, where it travels in a header. */
  readonly type?: string;
  readonly contentType?: string;
}

/** A secret in the form that a provider hands out. Made up. */
export const secretFor = (provider: WebhookProvider, salt = 'one'): string =>
  provider === 'standard'
    ? `whsec_${Buffer.from(`standard-key-${salt}-0123456789abcdef`).toString('base64')}`
    : provider === 'teams'
      ? Buffer.from(`teams-key-${salt}-0123456789abcdef012345`).toString('base64')
      : `made-up-${provider}-${salt}`;

/** Where Trello was told to send to; part of its signature. */
export const trelloCallback = 'https://hooks.example/hooks/trello?board=1';

/** `hmac:` of the trigger file that `signWebhook` signs for. */
export const hmacSettings = {
  header: 'X-Acme-Signature',
  algorithm: 'sha512' as const,
  encoding: 'base64' as const,
  prefix: 'v2=',
  idHeader: 'X-Acme-Id',
  timestampHeader: 'X-Acme-Time',
};

/** Headers as the real sender would set them; written from the providers' documentation, not from our verifiers. */
export function signWebhook(provider: WebhookProvider, given: ToSign): Record<string, string> {
  const { body, secret, at, id, type = 'something', contentType = 'application/json' } = given;
  const hex = (algorithm: string, ...parts: (string | Buffer)[]) => mac(algorithm, secret, parts).toString('hex');
  const seconds = String(Math.floor(at.getTime() / 1000));
  const common = { 'content-type': contentType, 'user-agent': 'test/1' };
  switch (provider) {
    case 'standard':
      return { ...common, ...standardHeaders(given, seconds) };
    case 'github':
      return {
        ...common,
        'x-github-event': type,
        'x-github-delivery': id,
        'x-hub-signature': `sha1=${hex('sha1', body)}`,
        'x-hub-signature-256': `sha256=${hex('sha256', body)}`,
      };
    case 'gitlab':
      return secret.startsWith('whsec_')
        ? { ...common, 'x-gitlab-event': type, 'idempotency-key': id, ...standardHeaders(given, seconds) }
        : { ...common, 'x-gitlab-event': type, 'idempotency-key': id, 'x-gitlab-token': secret };
    case 'gitea':
      return {
        ...common,
        'x-gitea-event': type,
        'x-gitea-delivery': id,
        'x-gitea-signature': hex('sha256', body),
      };
    case 'bitbucket':
      return {
        ...common,
        'x-event-key': type,
        'x-request-uuid': id,
        'x-hub-signature': `sha256=${hex('sha256', body)}`,
      };
    case 'jira':
      return { ...common, 'x-atlassian-webhook-identifier': id, 'x-hub-signature': `sha256=${hex('sha256', body)}` };
    case 'slack':
      return {
        ...common,
        'x-slack-request-timestamp': seconds,
        'x-slack-signature': `v0=${hex('sha256', `v0:${seconds}:`, body)}`,
      };
    case 'mattermost':
      return common;
    case 'azure-devops':
      return { ...common, authorization: `Basic ${Buffer.from(`steward:${secret}`).toString('base64')}` };
    case 'teams':
      return {
        ...common,
        authorization: `HMAC ${mac('sha256', Buffer.from(secret, 'base64'), [body]).toString('base64')}`,
      };
    case 'linear':
      return {
        ...common,
        'linear-delivery': id,
        'linear-event': type,
        'linear-signature': hex('sha256', body),
      };
    case 'trello':
      return { ...common, 'x-trello-webhook': mac('sha1', secret, [body, trelloCallback]).toString('base64') };
    case 'bearer':
      return { ...common, authorization: `Bearer ${secret}`, 'idempotency-key': id };
    case 'hmac':
      return {
        ...common,
        'x-acme-id': id,
        'x-acme-time': seconds,
        'x-acme-signature': `v2=${mac('sha512', secret, [`${seconds}.`, body]).toString('base64')}`,
      };
  }
}

function standardHeaders({ body, secret, id }: ToSign, seconds: string): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = mac('sha256', key, [`${id}.${seconds}.`, body]).toString('base64');
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` };
}

function mac(algorithm: string, key: string | Buffer, parts: readonly (string | Buffer)[]): Buffer {
  const made = createHmac(algorithm, key);
  for (const part of parts) made.update(part);
  return made.digest();
}
