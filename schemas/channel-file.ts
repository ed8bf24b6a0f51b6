import { z } from 'zod';
import { duration } from './common.ts';

const tls = z.strictObject({
  /** PEM file with the certificate authority of a home server. */
  ca: z.string().optional(),
  /** Name in the certificate, when it differs from `host`. */
  serverName: z.string().optional(),
});

const imap = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65535).default(993),
  /** `tls` from the first byte (port 993), or `starttls`, which must then succeed. There is no plain mode. */
  security: z.enum(['tls', 'starttls']).default('tls'),
  user: z.string().min(1),
  password: z.string().min(1).describe('The password, or a reference to a secret, file or environment variable'),
  folder: z.string().default('INBOX'),
  tls: tls.optional(),
  /** A timed read beside IDLE: push is a hint, the cursor is the truth. */
  readEvery: duration.default(300_000),
});

const smtp = z.strictObject({
  host: z.string().min(1),
  port: z.int().min(1).max(65535).default(465),
  security: z.enum(['tls', 'starttls']).default('tls'),
  user: z.string().optional(),
  password: z.string().optional(),
  tls: tls.optional(),
});

const common = {
  owner: z.string().default('me'),
  enabled: z.boolean().default(true),
  /** First address is the account's own; the others are aliases. */
  addresses: z.array(z.string().regex(/^[^\s@]+@[^\s@]+$/, 'expected an address such as me@example.org')).min(1),
  /** `Authentication-Results` of these authserv-ids are believed. @source RFC 8601 */
  trustAuthservIds: z.array(z.string()).default([]),
};

/** One mail account: one file in `channels/`. The file's name is the account's name. */
export const channelFile = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('mail'),
    ...common,
    imap,
    smtp: smtp.optional(),
    sentFolder: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('maildir'),
    ...common,
    /** A Maildir with new/, cur/ and tmp/. @source cr.yp.to/proto/maildir.html */
    path: z.string().min(1),
    readEvery: duration.default(5_000),
    /** Where Steward's own mail to the owner is delivered; the same Maildir when left out. */
    deliverTo: z.string().optional(),
  }),
]);
export type ChannelFile = z.infer<typeof channelFile>;
export type Channel = ChannelFile & { readonly name: string; readonly hash: string };
export type MailChannel = Extract<Channel, { kind: 'mail' }>;
export type MaildirChannel = Extract<Channel, { kind: 'maildir' }>;
