import { z } from 'zod';
import { duration } from './common.ts';
import { privacy } from './privacy.ts';
import { scopes } from './scopes.ts';
import { sendRate } from './send-rate.ts';
import { projectKinds, serviceChannels } from './service-channels.ts';

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

const bareJid = z.string().regex(/^[^\s@/]+@[^\s@/]+$/, 'expected a bare JID such as me@example.org');
const userId = z.string().regex(/^@[^\s:]+:\S+$/, 'expected a user id such as @me:example.org');

const common = {
  owner: z.string().default('me'),
  enabled: z.boolean().default(true),
  privacy,
  scopes,
  rate: sendRate.optional(),
  /** First address is the account's own; the others are aliases. */
  addresses: z.array(z.string().regex(/^[^\s@]+@[^\s@]+$/, 'expected an address such as me@example.org')).min(1),
  /** `Authentication-Results` of these authserv-ids are believed. @source RFC 8601 */
  trustAuthservIds: z.array(z.string()).default([]),
  talk: z
    .string()
    .regex(/^[^\s@]+@[^\s@]+$/, 'expected an address such as me+steward@example.org')
    .optional()
    .describe('What the owner writes to this address is said to Steward; only where the sender is proven'),
};

const password = z.string().min(1).describe('The password, or a reference to a secret, file or environment variable');
const chat = {
  owner: z.string().default('me'),
  enabled: z.boolean().default(true),
  privacy,
  scopes,
  rate: sendRate.optional(),
  /** A timed read beside what is pushed: push is a hint, the cursor is the truth. */
  readEvery: duration.default(900_000),
};

/** One account of a channel: one file in `channels/`. The file's name is the account's name. */
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
  z.strictObject({
    kind: z.literal('xmpp'),
    ...chat,
    /** The owner's own bare JIDs: what they say counts. The first is where Steward speaks first. */
    addresses: z.array(bareJid).min(1),
    /** Steward's own account. */
    jid: bareJid,
    password,
    /** Looked up by SRV when left out. */
    host: z.string().min(1).optional(),
    port: z.int().min(1).max(65535).optional(),
    /** `tls` from the first byte, or `starttls`, which must then succeed. There is no plain mode. */
    security: z.enum(['tls', 'starttls']).default('tls'),
    tls: tls.optional(),
    /** Rooms that are joined; there it answers when it is named. */
    rooms: z.array(z.strictObject({ room: bareJid, nick: z.string().min(1).default('steward') })).default([]),
  }),
  z.strictObject({
    kind: z.literal('matrix'),
    ...chat,
    /** The owner's own user ids: what they say counts. The first is where Steward speaks first. */
    addresses: z.array(userId).min(1),
    homeserver: z
      .url({ protocol: /^https?$/ })
      .describe('Such as https://matrix.example.org; http only to this machine'),
    /** Steward's own account. */
    userId,
    token: password.describe('An access token, or a reference to a secret, file or environment variable'),
    tls: tls.optional(),
  }),
  ...serviceChannels,
]);
export type ChannelFile = z.infer<typeof channelFile>;
export type Channel = ChannelFile & { readonly name: string; readonly hash: string };
export type MailChannel = Extract<Channel, { kind: 'mail' }>;
/** Kinds that carry mail; the others carry messages of conversations. */
export type PostChannel = Extract<Channel, { kind: 'mail' | 'maildir' }>;
export type ChatChannel = Exclude<Channel, PostChannel>;
/** Whether a channel carries mail. Pure. */
export const isPost = (channel: Channel): channel is PostChannel => isPostKind(channel.kind);
/** Whether a kind of channel carries mail. Pure. */
export const isPostKind = (kind: string): boolean => kind === 'mail' || kind === 'maildir';
export type XmppChannel = Extract<Channel, { kind: 'xmpp' }>;
export type MatrixChannel = Extract<Channel, { kind: 'matrix' }>;
export type SlackChannel = Extract<Channel, { kind: 'slack' }>;
export type MattermostChannel = Extract<Channel, { kind: 'mattermost' }>;
export type WebhookChannel = Extract<Channel, { kind: 'webhook' }>;
export type GithubChannel = Extract<Channel, { kind: 'github' }>;
export type GiteaChannel = Extract<Channel, { kind: 'gitea' }>;
export type GitlabChannel = Extract<Channel, { kind: 'gitlab' }>;
export type JiraChannel = Extract<Channel, { kind: 'jira' }>;
export type LinearChannel = Extract<Channel, { kind: 'linear' }>;
/** A channel whose events are told as news. */
export type ProjectChannel = GithubChannel | GiteaChannel | GitlabChannel | JiraChannel | LinearChannel;
export type MaildirChannel = Extract<Channel, { kind: 'maildir' }>;

/** Whether a channel is a project tool, where everybody who has the project reads what is said. Pure. */
export const isProject = (channel: Channel): channel is ProjectChannel => projectKinds.includes(channel.kind);

/**
 * Where what Steward says of its own accord goes on a channel: the owner's own address; `new` where it makes an issue,
 * `hook` where it is posted to the one address of a webhook. Undefined where nothing can be said. Pure.
 */
export function speaksAt(channel: Channel): string | undefined {
  if (isProject(channel)) return 'new';
  if (channel.kind === 'mail' && channel.smtp === undefined) return undefined;
  if (channel.kind === 'webhook') return channel.url === undefined ? undefined : 'hook';
  if ((channel.kind === 'slack' || channel.kind === 'mattermost') && channel.token === undefined) return 'hook';
  return channel.addresses[0];
}

/** Whether only the owner reads what is said there, so that approvals and notices may go there unasked. Pure. */
export const isPrivate = (channel: Channel): boolean => {
  const address = speaksAt(channel);
  return address !== undefined && address !== 'new' && address !== 'hook';
};
