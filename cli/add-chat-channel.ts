import { resolve } from 'node:path';
import type { Command } from 'commander';
import { ask, checkedFile, checkedName, readSecret } from './ask-channel.ts';

interface Common {
  readonly address: string[];
  readonly passwordStdin?: true;
  readonly ca?: string;
  readonly serverName?: string;
  readonly owner: string;
  readonly test: boolean;
  readonly force?: true;
}

/** Saves an account once it was tried. */
export type AddChannel = (
  name: string,
  file: (secretReference: string) => unknown,
  options: { test: boolean; force?: true; password?: string },
) => Promise<void>;

/** `steward channel add xmpp` and `matrix`: an account of Steward's own on a server of messages. */
export function registerChatChannels(add: Command, addChannel: AddChannel): void {
  common(add.command('xmpp').description('an XMPP account of Steward’s own'))
    .option('--jid <jid>', 'Steward’s own account, such as steward@example.org')
    .option('--host <host>', 'the server; looked up when left out')
    .option('--port <port>', 'its port; looked up when left out')
    .option('--security <kind>', 'tls or starttls', 'tls')
    .action(async (given: string | undefined, options: Common & XmppOptions) => {
      const jid = options.jid ?? (await ask('--jid', 'Steward’s own JID'));
      const addresses = await addressesOf(options, 'Your own JID');
      const password = await readSecret(options.passwordStdin, `Password of ${jid}`);
      const name = checkedName(given ?? (await ask('<name>', 'A name for this account', 'xmpp')));
      const { host, port, security } = options;
      const server = {
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port: Number(port) }),
        ...(security === 'tls' ? {} : { security }),
      };
      const file = (secret: string) =>
        checkedFile({
          ...{ kind: 'xmpp', owner: options.owner, jid, password: secret, addresses },
          ...server,
          ...tlsOf(options),
        });
      await addChannel(name, file, { ...options, password });
    });
  common(add.command('matrix').description('a Matrix account of Steward’s own, by its access token'))
    .option('--homeserver <url>', 'such as https://matrix.example.org')
    .option('--user <id>', 'Steward’s own user id, such as @steward:example.org')
    .action(async (given: string | undefined, options: Common & { homeserver?: string; user?: string }) => {
      const homeserver = options.homeserver ?? (await ask('--homeserver', 'Homeserver'));
      const userId = options.user ?? (await ask('--user', 'Steward’s own user id'));
      const addresses = await addressesOf(options, 'Your own user id');
      const token = await readSecret(options.passwordStdin, `Access token of ${userId}`);
      const name = checkedName(given ?? (await ask('<name>', 'A name for this account', 'matrix')));
      const file = (secret: string) =>
        checkedFile({
          ...{ kind: 'matrix', owner: options.owner, homeserver, userId, token: secret, addresses },
          ...tlsOf(options),
        });
      await addChannel(name, file, { ...options, password: token });
    });
}

interface XmppOptions {
  readonly jid?: string;
  readonly host?: string;
  readonly port?: string;
  readonly security: string;
}

function common(command: Command): Command {
  const collect = (value: string, before: string[]) => [...before, value];
  return command
    .argument('[name]', 'name of the account: letters, digits, - and _')
    .option('--address <address>', 'your own address there: what it says counts; may stand several times', collect, [])
    .option('--password-stdin', 'read the password or token from standard input')
    .option('--ca <file>', 'PEM file with the certificate authority of a home server')
    .option('--server-name <name>', 'name in the certificate, when it is not the host')
    .option('--owner <handle>', 'whose account it is', 'me')
    .option('--no-test', 'save without trying the login')
    .option('--force', 'replace an account of the same name');
}

const addressesOf = async ({ address }: Common, question: string) =>
  address.length > 0 ? address : [await ask('--address', question)];

function tlsOf({ ca, serverName }: Common) {
  const tls = {
    ...(ca === undefined ? {} : { ca: resolve(ca) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  return Object.keys(tls).length === 0 ? {} : { tls };
}
