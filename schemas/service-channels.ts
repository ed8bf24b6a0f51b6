import { z } from 'zod';
import { duration, place } from './common.ts';
import { privacy } from './privacy.ts';
import { scopes } from './scopes.ts';
import { sendRate } from './send-rate.ts';
import { areKeys } from './trigger-kinds/webhook.ts';

/** Base address of a service's API; http only to this machine. */
const endpoint = z.url({ protocol: /^https?$/ });
const secretText = z
  .string()
  .min(1)
  .describe('The secret itself, or a reference to a secret, file or environment variable');
const hookSecret = z
  .string()
  .min(8, 'expected 8 characters or more')
  .refine((text) => areKeys('standard', text), 'is not whsec_ and base64 of 16 bytes or more')
  .optional()
  .describe('What the service signs or sends with each delivery to /hooks/channels/<name>; without it none is taken');
const ids = z.array(z.string().min(1).max(200)).min(1);

const common = {
  owner: z.string().default('me'),
  enabled: z.boolean().default(true),
  privacy,
  scopes,
  rate: sendRate.optional(),
  /** A timed read beside what is pushed, where the service has something to read. */
  readEvery: duration.default(300_000),
  secret: hookSecret,
};

/** Events of a project tool that are told, by what they are about. */
export const newsKinds = ['issue', 'review', 'comment', 'pipeline'] as const;
export type NewsKind = (typeof newsKinds)[number];

const project = {
  ...common,
  token: secretText,
  /** Steward's own account there: what it says is no news, and who mentions it speaks to Steward. */
  account: z.string().min(1),
  addresses: ids.describe('Accounts of the owner there: what they say counts'),
  tell: z
    .array(place)
    .optional()
    .describe('Where its events are told; every channel of the owner when left out, none for an empty list'),
  events: z
    .array(z.enum(newsKinds))
    .default([...newsKinds])
    .describe('Which events are told'),
};
const repository = z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name');

/** Channels that are a service behind HTTP: chat services by their hooks, and project tools. */
export const serviceChannels = [
  z
    .strictObject({
      kind: z.literal('slack'),
      ...common,
      addresses: ids.describe('Member ids of the owner, such as U012AB3CD'),
      token: secretText.optional().describe('A bot token, xoxb-…'),
      webhook: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('An incoming webhook, where there is no token'),
      endpoint: endpoint.default('https://slack.com/api'),
    })
    .refine((file) => file.token !== undefined || file.webhook !== undefined, {
      path: ['token'],
      message: 'is needed, or a webhook',
    }),
  z
    .strictObject({
      kind: z.literal('mattermost'),
      ...common,
      secret: z
        .union([z.string().min(8), z.array(z.string().min(8)).min(1).max(10)])
        .optional()
        .describe('Tokens of the outgoing webhooks and slash commands that come to /hooks/channels/<name>'),
      addresses: ids.describe('User ids of the owner, 26 letters and digits'),
      server: endpoint,
      token: secretText.optional().describe('Token of a bot account'),
      webhook: z
        .url({ protocol: /^https?$/ })
        .optional()
        .describe('An incoming webhook, where there is no token'),
    })
    .refine((file) => file.token !== undefined || file.webhook !== undefined, {
      path: ['token'],
      message: 'is needed, or a webhook',
    }),
  z.strictObject({
    kind: z.literal('webhook'),
    ...common,
    secret: z
      .string()
      .min(8)
      .refine((text) => areKeys('standard', text), 'is not whsec_ and base64 of 16 bytes or more')
      .describe('Both ways: what comes in must be signed with it, and what goes out is'),
    addresses: ids.default(['me']).describe('Values of `from` that count as the owner'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where what Steward says is posted, signed'),
    repeats: z
      .enum(['dropped', 'shown'])
      .default('shown')
      .describe(
        'What the receiver does with a second delivery of one webhook-id; only where it drops it is a lost answer tried again',
      ),
  }),
  z.strictObject({
    kind: z.literal('github'),
    ...project,
    repository,
    endpoint: endpoint.default('https://api.github.com'),
  }),
  z.strictObject({
    kind: z.literal('gitea'),
    ...project,
    repository,
    endpoint: endpoint.describe('Such as https://git.example.org'),
  }),
  z.strictObject({
    kind: z.literal('gitlab'),
    ...project,
    project: z.union([z.int().positive(), z.string().regex(/^[\w.-]+(\/[\w.-]+)+$/)]).describe('Its id, or group/name'),
    endpoint: endpoint.default('https://gitlab.com'),
  }),
  z.strictObject({
    kind: z.literal('jira'),
    ...project,
    site: endpoint.describe('Such as https://example.atlassian.net'),
    user: z.string().min(1).describe('Mail address of the account that the token belongs to'),
    project: z.string().regex(/^[A-Z][A-Z0-9_]+$/, 'expected a project key such as OPS'),
    issueType: z.string().min(1).default('Task'),
  }),
  z.strictObject({
    kind: z.literal('linear'),
    ...project,
    team: z.uuid().describe('Id of the team'),
    endpoint: endpoint.default('https://api.linear.app/graphql'),
  }),
] as const;

/** Kinds that are a project: what is said there is read by everybody who has it. */
export const projectKinds: readonly string[] = ['github', 'gitea', 'gitlab', 'jira', 'linear'];
