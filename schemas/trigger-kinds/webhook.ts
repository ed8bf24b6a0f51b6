import { z } from 'zod';
import { duration } from '../common.ts';

/** How each sender proves itself. @source docs/design/webhooks.md */
export const webhookProviders = [
  'standard',
  'github',
  'gitlab',
  'gitea',
  'bitbucket',
  'jira',
  'slack',
  'mattermost',
  'azure-devops',
  'teams',
  'linear',
  'trello',
  'bearer',
  'hmac',
] as const;
export type WebhookProvider = (typeof webhookProviders)[number];

const secret = z.string().min(8, 'expected 8 characters or more');

/** Senders that may sign a time. */
const timedProviders: readonly WebhookProvider[] = ['standard', 'gitlab', 'slack', 'linear', 'hmac'];
/** A shorter key can be guessed, and what is no base64 at all would be an empty one. */
const leastKeyBytes = 16;

const isKey = (text: string): boolean =>
  /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && Buffer.from(text, 'base64').length >= leastKeyBytes;

/** Whether secrets whose form says that they are base64 of a key are. Pure. */
export function areKeys(provider: WebhookProvider, secrets: string | readonly string[]): boolean {
  return [secrets].flat().every((one) => {
    if (provider === 'teams') return isKey(one);
    const signing = (provider === 'standard' || provider === 'gitlab') && one.startsWith('whsec_');
    return !signing || isKey(one.slice('whsec_'.length));
  });
}

/** A request to `/hooks/<name>` whose sender proves itself. */
export const webhookWhen = z.strictObject({
  webhook: z
    .strictObject({
      provider: z.enum(webhookProviders),
      path: z
        .string()
        .regex(/^[A-Za-z0-9._-]{1,100}$/, 'expected letters, digits and . _ -')
        .optional()
        .describe('Last part of the address; the trigger’s name when left out'),
      secret: z
        .union([secret, z.array(secret).min(1).max(5)])
        .describe('What both sides know, or a reference to it; several while one is being replaced'),
      events: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe('Names of events that count, as the sender calls them; all when left out'),
      maxBytes: z.int().min(1).max(26_214_400).default(1_048_576),
      perMinute: z.int().min(1).max(100_000).default(600).describe('Requests taken in a minute; more get 429'),
      tolerance: duration
        .optional()
        .describe('How far the time in a request may be off, where the sender signs one; 5m when left out'),
      callbackUrl: z
        .url()
        .optional()
        .describe('trello: the address as it was given when the hook was made; part of the signature'),
      hmac: z
        .strictObject({
          header: z.string().min(1).describe('Header with the signature'),
          algorithm: z.enum(['sha1', 'sha256', 'sha512']).default('sha256'),
          encoding: z.enum(['hex', 'base64']).default('hex'),
          prefix: z.string().default('').describe('Stands before the signature, such as sha256='),
          idHeader: z
            .string()
            .optional()
            .describe('Header with the id of the delivery; a hash of the body when left out'),
          timestampHeader: z
            .string()
            .optional()
            .describe('Header with seconds since 1970; signed as `<time>.<body>` where it is named'),
        })
        .optional()
        .describe('For provider hmac'),
    })
    .refine((w) => (w.provider === 'hmac') === (w.hmac !== undefined), {
      path: ['hmac'],
      message: 'is needed for provider hmac, and for no other',
    })
    .refine((w) => (w.provider === 'trello') === (w.callbackUrl !== undefined), {
      path: ['callbackUrl'],
      message: 'is needed for provider trello, and for no other',
    })
    .refine((w) => w.tolerance === undefined || timedProviders.includes(w.provider), {
      path: ['tolerance'],
      message: `is for senders that sign a time: ${timedProviders.join(', ')}`,
    })
    .refine((w) => w.tolerance === undefined || w.hmac === undefined || w.hmac.timestampHeader !== undefined, {
      path: ['tolerance'],
      message: 'needs hmac.timestampHeader',
    })
    .refine((w) => areKeys(w.provider, w.secret), {
      path: ['secret'],
      message: `is not base64 of ${leastKeyBytes} bytes or more, as the sender hands it out`,
    }),
});
