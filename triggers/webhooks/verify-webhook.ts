import type { WebhookProvider } from '../../schemas/trigger-kinds/webhook.ts';
import { hashOf } from './prove.ts';
import { verifyAzureDevops } from './verify-azure-devops.ts';
import { verifyBearer } from './verify-bearer.ts';
import { verifyBitbucket } from './verify-bitbucket.ts';
import { verifyGitea } from './verify-gitea.ts';
import { verifyGithub } from './verify-github.ts';
import { verifyGitlab } from './verify-gitlab.ts';
import { verifyHmac } from './verify-hmac.ts';
import { verifyJira } from './verify-jira.ts';
import { verifyLinear } from './verify-linear.ts';
import { verifyMattermost } from './verify-mattermost.ts';
import { verifySlack } from './verify-slack.ts';
import { verifyStandard } from './verify-standard.ts';
import { verifyTeams } from './verify-teams.ts';
import { verifyTrello } from './verify-trello.ts';
import type { Verdict, Verify, WebhookRequest, WebhookSettings } from './webhook-request.ts';

const verifiers: Readonly<Record<WebhookProvider, Verify>> = {
  standard: verifyStandard,
  github: verifyGithub,
  gitlab: verifyGitlab,
  gitea: verifyGitea,
  bitbucket: verifyBitbucket,
  jira: verifyJira,
  slack: verifySlack,
  mattermost: verifyMattermost,
  'azure-devops': verifyAzureDevops,
  teams: verifyTeams,
  linear: verifyLinear,
  trello: verifyTrello,
  bearer: verifyBearer,
  hmac: verifyHmac,
};

/**
 * Whether a request to a hook is from its sender, and what that sender says of it. Pure, compares in constant time,
 * never throws; nothing of the request is to be believed before it holds.
 *
 * @returns for a sender that signs but gives no id, one that is made of body and signed time
 * @source docs/design/webhooks.md
 */
export function verifyWebhook(request: WebhookRequest, settings: WebhookSettings): Verdict {
  const verdict = verifiers[settings.provider](request, settings);
  if (!verdict.ok || verdict.deliveryId !== undefined || settings.provider === 'bearer') return verdict;
  const time = verdict.sentAt === undefined ? '' : String(verdict.sentAt.getTime());
  return { ...verdict, deliveryId: hashOf(request.rawBody, time) };
}
