import type { Command } from 'commander';
import { type Channel, type ChannelFile, channelFile, speaksAt } from '../schemas/channel-file.ts';
import { StewardError } from '../schemas/errors.ts';
import { firableFlows } from '../schemas/flows.ts';
import { visibleText } from '../schemas/visible-text.ts';
import { loadFilesOnce } from '../store/files/load-files.ts';
import { registerChatChannels } from './add-chat-channel.ts';
import { registerServiceChannels } from './add-service-channel.ts';
import { apiClient } from './api-client.ts';
import { type AddMailOptions, askMail, askMaildir, mailFile } from './ask-channel.ts';
import { homeRoot } from './home-root.ts';
import { exitCodes, printResult, table } from './print.ts';
import { startProgress } from './progress.ts';
import { saveChannel } from './save-channel.ts';
import { testChannel } from './test-channel.ts';

/** `steward channel`: the mailboxes that Steward reads and writes to. */
export function register(program: Command): void {
  const channel = program
    .command('channel')
    .description('add, test, list or pair: mail, messages, chat services, project tools');
  const add = channel.command('add').description('add an account; asks for what the flags do not say');
  add
    .command('mail')
    .description('an IMAP account, with SMTP to send from it')
    .argument('[name]', 'name of the account: letters, digits, - and _')
    .option(
      '--address <address>',
      'the account’s own address; may stand several times, the others are aliases',
      collect,
      [],
    )
    .option('--imap-host <host>')
    .option('--imap-port <port>', '993, or 143 for starttls, when left out')
    .option('--imap-security <kind>', 'tls or starttls')
    .option('--user <user>', 'the address when left out')
    .option('--password-stdin', 'read the password from standard input')
    .option('--folder <folder>', 'the folder to read; INBOX when left out')
    .option('--smtp-host <host>')
    .option('--smtp-port <port>', '465, or 587 for starttls, when left out')
    .option('--smtp-security <kind>', 'tls or starttls')
    .option('--no-smtp', 'only read; nothing can be sent from this account')
    .option('--ca <file>', 'PEM file with the certificate authority of a home server')
    .option('--server-name <name>', 'name in the certificate, when it is not the host')
    .option(
      '--trust-authserv <id>',
      'believe Authentication-Results of this server; may stand several times',
      collect,
      [],
    )
    .option('--owner <handle>', 'whose account it is', 'me')
    .option('--no-test', 'save without trying the login')
    .option('--force', 'replace an account of the same name')
    .action(async (name: string | undefined, options: AddMailOptions & { test: boolean; force?: true }) => {
      const asked = await askMail(name, options);
      // The login is tried with the password itself; the file names the place where it lies.
      await addChannel(asked.name, (secret) => mailFile(asked, secret), { ...options, password: asked.password });
    });
  add
    .command('maildir')
    .description('a Maildir on this machine')
    .argument('[name]')
    .option('--path <folder>', 'the folder with new/ and cur/')
    .option('--address <address>', 'the owner’s address; may stand several times', collect, [])
    .option('--deliver-to <folder>', 'where Steward’s own mail goes; the same Maildir when left out')
    .option('--owner <handle>', 'whose account it is', 'me')
    .option('--no-test', 'save without looking at the folder')
    .option('--force', 'replace an account of the same name')
    .action(
      async (name: string | undefined, options: Parameters<typeof askMaildir>[1] & { test: boolean; force?: true }) => {
        const asked = await askMaildir(name, options);
        await addChannel(asked.name, () => asked.file, options);
      },
    );
  registerChatChannels(add, addChannel);
  registerServiceChannels(add, addChannel);
  channel
    .command('test')
    .description('log in, look at the folder, send nothing; works without a running Steward')
    .argument('<name>')
    .action(async (name: string) => {
      const found = readChannels().channels.get(name);
      if (found === undefined) throw new StewardError('channelUnknown', `There is no channel ${name} in ${homeRoot()}`);
      const result = await tried(found, name);
      printResult({ name, ok: true, ...result }, `${name}: ${result.summary}`);
    });
  channel
    .command('pair')
    .description('let in whoever was given this code: what that address says counts as yours')
    .argument('<code>', 'such as K7QM-4XTP, from the message that Steward sent there')
    .action(async (code: string) => {
      const paired = await apiClient().post<{ channel: string; address: string }>('/api/v1/pairings', { code });
      printResult(paired, `${visibleText(paired.address)} on ${paired.channel} is let in`);
    });
  channel.command('list').description('the accounts that the files name').action(listChannels);
}

async function addChannel(
  name: string,
  file: (secretReference: string) => unknown,
  options: { test: boolean; force?: true; password?: string },
): Promise<void> {
  const home = homeRoot();
  const summary = options.test
    ? (await tried(channelFile.parse(file(options.password ?? '')), name)).summary
    : 'not tested';
  const saved = saveChannel(home, name, { file, force: options.force === true, ...secretOf(options.password) });
  printResult(
    { name, path: saved, tested: options.test, summary },
    `${name}: ${summary}\nSaved as ${saved}; a running Steward takes it up within a second.`,
  );
}

const secretOf = (password: string | undefined) => (password === undefined ? {} : { password });

async function tried(file: ChannelFile, name: string) {
  const progress = await startProgress(`Trying ${name}`);
  try {
    const result = await testChannel(file, name);
    progress.done();
    return result;
  } catch (error) {
    progress.fail(`${name} cannot be used yet; nothing was saved`);
    throw error;
  }
}

function listChannels(): void {
  const { channels, faults } = readChannels();
  const rows = [...channels.values()].map((channel) => ({
    name: channel.name,
    kind: channel.kind,
    owner: channel.owner,
    enabled: channel.enabled,
    address: channel.addresses[0] ?? '',
    reads: sourceOf(channel),
    sends: speaksAt(channel) !== undefined,
  }));
  const broken = faults.filter((fault) => fault.kind === 'channel');
  printResult({ channels: rows, faults: broken }, () => {
    const cells = rows.map((row) => [
      row.name,
      row.kind,
      row.enabled ? 'on' : 'off',
      row.address,
      row.sends ? 'yes' : 'no',
      row.reads,
    ]);
    const listed =
      rows.length === 0
        ? 'No channels yet: steward channel add mail'
        : table(['name', 'kind', 'state', 'address', 'sends', 'reads'], cells);
    return [listed, ...broken.map((fault) => `${fault.path}:${fault.line}: ${fault.message}`)].join('\n');
  });
  if (broken.length > 0) process.exitCode = exitCodes.unhealthy;
}

const readChannels = () => loadFilesOnce(homeRoot(), process.env, () => new Set<string>(firableFlows));
const collect = (value: string, all: string[]) => [...all, value];

function sourceOf(channel: Channel): string {
  switch (channel.kind) {
    case 'mail':
      return `${channel.imap.host}:${channel.imap.port}/${channel.imap.folder}`;
    case 'maildir':
      return channel.path;
    case 'xmpp':
      return channel.jid;
    case 'matrix':
      return `${channel.userId} at ${channel.homeserver}`;
    case 'github':
    case 'gitea':
      return `${channel.repository} at ${channel.endpoint}`;
    case 'gitlab':
      return `${channel.project} at ${channel.endpoint}`;
    case 'jira':
      return `${channel.project} at ${channel.site}`;
    case 'linear':
      return `team ${channel.team}`;
    case 'mattermost':
      return channel.server;
    case 'slack':
    case 'webhook':
      return `/hooks/channels/${channel.name}`;
  }
}
