import type { Channel, ChatChannel } from '../../schemas/channel-file.ts';
import type { WebhookProvider } from '../../schemas/trigger-kinds/webhook.ts';
import { readGitea } from './read-gitea.ts';
import { readGithub } from './read-github.ts';
import { readGitlab } from './read-gitlab.ts';
import type { ReadHook } from './read-hook.ts';
import { readJira } from './read-jira.ts';
import { readLinear } from './read-linear.ts';
import { readMattermost } from './read-mattermost.ts';
import { readSlack } from './read-slack.ts';
import { readWebhook } from './read-webhook.ts';

interface HookKind<C extends Channel> {
  /** How its sender proves itself. */
  readonly provider: WebhookProvider;
  readonly read: ReadHook<C>;
}
type Kinds = { readonly [K in ChatChannel['kind']]?: HookKind<Extract<Channel, { kind: K }>> };

/** Kinds of channel that take deliveries at /hooks/channels/<name>: a new one is one line. */
const kinds: Kinds = {
  slack: { provider: 'slack', read: readSlack },
  mattermost: { provider: 'mattermost', read: readMattermost },
  webhook: { provider: 'standard', read: readWebhook },
  github: { provider: 'github', read: readGithub },
  gitea: { provider: 'gitea', read: readGitea },
  gitlab: { provider: 'gitlab', read: readGitlab },
  jira: { provider: 'jira', read: readJira },
  linear: { provider: 'linear', read: readLinear },
};

/** How deliveries to a channel are proven and read; undefined where it takes none. */
export function hookKindOf(channel: Channel): HookKind<Channel> | undefined {
  return kinds[channel.kind as ChatChannel['kind']] as HookKind<Channel> | undefined;
}
