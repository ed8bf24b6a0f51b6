import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { AddChannel } from './add-chat-channel.ts';
import { ask, checkedFile, checkedName, readSecret } from './ask-channel.ts';

interface Given {
  readonly address: string[];
  readonly passwordStdin?: true;
  readonly secret?: string;
  readonly owner: string;
  readonly test: boolean;
  readonly force?: true;
}

/** A kind of service: what must be asked, beside whose words count and what proves us to it. */
interface ServiceKind {
  readonly kind: string;
  readonly does: string;
  /** Key of the file, and what a person is asked. */
  readonly asks: Readonly<Record<string, string>>;
  readonly address: string;
  readonly token: string;
  /** Whether the service is given a secret that we make up; a chat service makes its own. */
  readonly makesSecret: boolean;
}

const project = { address: 'Your own account there', makesSecret: true } as const;
const kinds: readonly ServiceKind[] = [
  {
    ...{ kind: 'slack', does: 'a Slack app: slash commands and mentions', asks: {}, makesSecret: false },
    ...{ address: 'Your member id, such as U012AB3CD', token: 'Bot token (xoxb-…)' },
  },
  {
    ...{ kind: 'mattermost', does: 'a bot of Mattermost: slash commands and outgoing webhooks', makesSecret: false },
    ...{ asks: { server: 'Server, such as https://chat.example.org' } },
    ...{ address: 'Your user id', token: 'Token of the bot account' },
  },
  {
    ...{ ...project, kind: 'github', does: 'issues and comments of a repository on GitHub', token: 'Access token' },
    asks: { repository: 'Repository, owner/name', account: 'Steward’s own account' },
  },
  {
    ...{
      ...project,
      kind: 'gitea',
      does: 'issues and comments of a repository on Gitea or Forgejo',
      token: 'Access token',
    },
    asks: {
      endpoint: 'Server, such as https://git.example.org',
      repository: 'Repository, owner/name',
      account: 'Steward’s own account',
    },
  },
  {
    ...{ ...project, kind: 'gitlab', does: 'issues and notes of a project on GitLab', token: 'Access token' },
    asks: { project: 'Project, group/name', account: 'Steward’s own account' },
  },
  {
    ...{ ...project, kind: 'jira', does: 'issues and comments of a project of Jira Cloud', token: 'API token' },
    asks: {
      ...{ site: 'Site, such as https://example.atlassian.net', user: 'Mail address of Steward’s account' },
      ...{ project: 'Project key', account: 'Account id of Steward’s account' },
    },
  },
  {
    ...{ ...project, kind: 'linear', does: 'issues and comments of a team on Linear', token: 'API key' },
    asks: { team: 'Id of the team', account: 'User id of Steward’s account' },
  },
];

/** `steward channel add slack`, `github` and the other services behind HTTP. */
export function registerServiceChannels(add: Command, addChannel: AddChannel): void {
  for (const service of kinds) {
    const command = add
      .command(service.kind)
      .description(service.does)
      .argument('[name]', 'name of the account: letters, digits, - and _')
      .option('--address <id>', `${service.address}; may stand several times`, collect, [])
      .option('--secret <text>', 'what the service signs deliveries with; made up where it takes any')
      .option('--password-stdin', 'read the token from standard input')
      .option('--owner <handle>', 'whose account it is', 'me')
      .option('--no-test', 'save without trying the token')
      .option('--force', 'replace an account of the same name');
    for (const [key, question] of Object.entries(service.asks)) command.option(`--${key} <${key}>`, question);
    command.action(async (given: string | undefined, options: Given & Record<string, unknown>) => {
      await addService(service, given, options, addChannel);
    });
  }
}

const collect = (value: string, before: string[]) => [...before, value];

async function addService(
  service: ServiceKind,
  given: string | undefined,
  options: Given & Record<string, unknown>,
  addChannel: AddChannel,
): Promise<void> {
  const asked: Record<string, string> = {};
  for (const [key, question] of Object.entries(service.asks)) {
    asked[key] = typeof options[key] === 'string' ? options[key] : await ask(`--${key}`, question);
  }
  const addresses = options.address.length > 0 ? options.address : [await ask('--address', service.address)];
  const token = await readSecret(options.passwordStdin, service.token);
  const name = checkedName(given ?? (await ask('<name>', 'A name for this account', service.kind)));
  const secret = options.secret ?? (service.makesSecret ? randomBytes(24).toString('base64url') : undefined);
  const file = (reference: string) =>
    checkedFile({
      ...{ kind: service.kind, owner: options.owner, ...asked, token: reference, addresses },
      ...(secret === undefined ? {} : { secret }),
    });
  await addChannel(name, file, { ...options, password: token });
  const told = secret === undefined ? '' : ` with the secret ${secret}`;
  process.stderr.write(`Deliveries of ${service.kind} go to /hooks/channels/${name}${told}\n`);
}
