import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WebhookProvider } from '../../schemas/trigger-kinds/webhook.ts';

const root = fileURLToPath(new URL('../../../shared/data/channels/webhooks', import.meta.url));

export interface WebhookSample {
  readonly provider: WebhookProvider;
  /** Folder and file. */
  readonly name: string;
  readonly body: Buffer;
  readonly contentType: string;
}

/** Where payloads of real senders lie; tests that need them skip with this as the reason where they do not. */
export const samplesMissing = existsSync(root) ? undefined : 'the payloads of senders are not beside this checkout';

const folders: Readonly<Record<string, WebhookProvider>> = {
  azuredevops: 'azure-devops',
  bitbucket: 'bitbucket',
  gitea: 'gitea',
  'github-octokit': 'github',
  gitlab: 'gitlab',
  'gitlab-goscm': 'gitlab',
  jira: 'jira',
  linear: 'linear',
  'mattermost-ws': 'mattermost',
  slack: 'slack',
  'slack-opsdroid': 'slack',
  teams: 'teams',
  trello: 'trello',
};

/** Payloads as senders sent them, byte for byte and without signatures. */
export function webhookSamples(): WebhookSample[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /[.](json|urlencoded)$/.test(entry.name))
    .flatMap((entry) => {
      const folder = entry.parentPath.slice(root.length + 1).split('/')[0]!;
      const provider = folders[folder];
      if (provider === undefined) return [];
      const contentType = entry.name.endsWith('.json') ? 'application/json' : 'application/x-www-form-urlencoded';
      const body = readFileSync(join(entry.parentPath, entry.name));
      return [{ provider, name: `${folder}/${entry.name}`, body, contentType }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
