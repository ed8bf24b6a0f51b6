// Policy: what is a service behind HTTP is spoken as every channel of messages is.
// - the contract of adapters holds against servers that speak the documented API of each
import { describe } from 'vitest';
import { githubFarSide, gitlabFarSide, jiraFarSide, linearFarSide } from '../support/forge-far-sides.ts';
import { mattermostFarSide, slackFarSide, webhookFarSide } from '../support/hook-far-sides.ts';
import { chatAdapterContract } from './chat-adapter.ts';

describe.each([
  ['GitHub', () => githubFarSide('github')],
  ['Gitea', () => githubFarSide('gitea')],
  ['GitLab', gitlabFarSide],
  ['Jira', jiraFarSide],
  ['Linear', linearFarSide],
  ['Slack by token', () => slackFarSide('token')],
  ['Slack by webhook', () => slackFarSide('webhook')],
  ['Mattermost by token', () => mattermostFarSide('token')],
  ['Mattermost by webhook', () => mattermostFarSide('webhook')],
  ['Standard Webhooks', webhookFarSide],
] as const)('%s', (_name, make) => {
  chatAdapterContract(make);
});
