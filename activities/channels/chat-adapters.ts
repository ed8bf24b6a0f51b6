import { type Channel, type ChatChannel, isPost, isPostKind } from '../../schemas/channel-file.ts';
import type { ChatAdapter, ChatLimits, ChatTransport } from '../../schemas/chat-adapter.ts';
import { matrixAdapter } from './matrix/matrix-adapter.ts';
import { xmppAdapter } from './xmpp/xmpp-adapter.ts';

type Adapters = { readonly [K in ChatChannel['kind']]: ChatAdapter<Extract<Channel, { kind: K }>> };

/** Every kind of channel of messages: a new one is one folder and one line here. Its code is loaded by its first use. */
const adapters: { readonly [K in keyof Adapters]: () => Promise<Adapters[K]> } = {
  matrix: async () => matrixAdapter,
  xmpp: async () => xmppAdapter,
  slack: async () => (await import('./slack/slack-adapter.ts')).slackAdapter,
  mattermost: async () => (await import('./mattermost/mattermost-adapter.ts')).mattermostAdapter,
  webhook: async () => (await import('./webhook/webhook-adapter.ts')).webhookAdapter,
  github: async () => (await import('./github/github-adapter.ts')).githubAdapter,
  gitea: async () => (await import('./github/github-adapter.ts')).giteaAdapter,
  gitlab: async () => (await import('./gitlab/gitlab-adapter.ts')).gitlabAdapter,
  jira: async () => (await import('./jira/jira-adapter.ts')).jiraAdapter,
  linear: async () => (await import('./linear/linear-adapter.ts')).linearAdapter,
};

/** The adapter of a channel's kind. */
export const adapterFor = async ({ kind }: ChatChannel) => (await adapters[kind]()) as ChatAdapter<ChatChannel>;

/** What the API takes in one piece, and what fits into one mail. */
const mostChars = { api: 32_768, post: 262_144 };

/** How messages leave: by the adapter of their channel's kind. */
export const chatTransport: ChatTransport = {
  send: async (channel, message, contentBegins) => (await adapterFor(channel)).send(channel, message, contentBegins),
  findCopy: async (channel, message) => (await adapterFor(channel)).findCopy(channel, message),
  readsBack: async (channel) => (await adapterFor(channel)).limits.readsBack,
  dropsRepeatsMs: async (channel) => (await adapterFor(channel)).limits.dropsRepeatsMs ?? 0,
  draft: async (channel, draft) =>
    isPost(channel) ? undefined : await (await adapterFor(channel)).draft?.(channel, draft),
  showWorking: async (channel, to, working) => {
    if (!isPost(channel)) await (await adapterFor(channel)).showWorking?.(channel, to, working);
  },
  maxCharsOf: async (kind) => {
    if (isPostKind(kind)) return mostChars.post;
    const limits: ChatLimits | undefined =
      kind in adapters ? (await adapters[kind as ChatChannel['kind']]()).limits : undefined;
    return limits?.maxChars ?? mostChars.api;
  },
};
