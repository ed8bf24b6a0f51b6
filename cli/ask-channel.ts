import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { channelFile } from '../schemas/channel-file.ts';
import { StewardError } from '../schemas/errors.ts';

export interface AddMailOptions {
  readonly address: string[];
  readonly imapHost?: string;
  readonly imapPort?: string;
  readonly imapSecurity?: string;
  readonly user?: string;
  readonly passwordStdin?: true;
  readonly folder?: string;
  readonly smtpHost?: string;
  readonly smtpPort?: string;
  readonly smtpSecurity?: string;
  /** False for `--no-smtp`. */
  readonly smtp: boolean;
  readonly ca?: string;
  readonly serverName?: string;
  readonly trustAuthserv: string[];
  readonly owner: string;
}

export interface AskedMail {
  readonly name: string;
  readonly password: string;
  readonly options: AddMailOptions;
}

/**
 * Completes what the flags say of a mail account: on a terminal by asking, elsewhere by an error that names the flag.
 *
 * @throws badInput
 */
export async function askMail(name: string | undefined, options: AddMailOptions): Promise<AskedMail> {
  const address = options.address[0] ?? (await ask('--address', 'Your address'));
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const imapHost = options.imapHost ?? (await ask('--imap-host', 'IMAP server', `imap.${domain}`));
  const user = options.user ?? (process.stdin.isTTY ? await ask('--user', 'User', address) : address);
  const password = await readSecret(options.passwordStdin, 'Password (an app password where the provider has them)');
  const wantsSmtp = options.smtp && (options.smtpHost !== undefined || process.stdin.isTTY);
  const smtpHost = wantsSmtp
    ? (options.smtpHost ?? (await ask('--smtp-host', 'SMTP server, or - for none', `smtp.${domain}`)))
    : '-';
  const given = name ?? (await ask('<name>', 'A name for this account', 'home'));
  return {
    name: checkedName(given),
    password,
    options: {
      ...options,
      address: options.address.length > 0 ? options.address : [address],
      imapHost,
      user,
      smtp: smtpHost !== '-',
      smtpHost,
    },
  };
}

/** The content of the channel file, with the password or a reference to it. @throws badInput */
export function mailFile({ options }: AskedMail, password: string): unknown {
  const { ca, serverName } = options;
  const trust = {
    ...(ca === undefined ? {} : { ca: resolve(ca) }),
    ...(serverName === undefined ? {} : { serverName }),
  };
  const tls = Object.keys(trust).length === 0 ? {} : { tls: trust };
  const server = (host: string | undefined, port: string | undefined, security = 'tls', ports: [number, number]) => ({
    host,
    port: port === undefined ? ports[security === 'tls' ? 0 : 1] : Number(port),
    security,
    user: options.user,
    password,
    ...tls,
  });
  const folder = options.folder === undefined ? {} : { folder: options.folder };
  return checkedFile({
    kind: 'mail',
    owner: options.owner,
    addresses: options.address,
    ...(options.trustAuthserv.length === 0 ? {} : { trustAuthservIds: options.trustAuthserv }),
    imap: { ...server(options.imapHost, options.imapPort, options.imapSecurity, [993, 143]), ...folder },
    ...(options.smtp ? { smtp: server(options.smtpHost, options.smtpPort, options.smtpSecurity, [465, 587]) } : {}),
  });
}

/** The same for a Maildir. @throws badInput */
export async function askMaildir(
  name: string | undefined,
  options: { readonly path?: string; readonly address: string[]; readonly deliverTo?: string; readonly owner: string },
): Promise<{ name: string; file: unknown }> {
  const path = resolve(options.path ?? (await ask('--path', 'The Maildir')));
  const addresses = options.address.length > 0 ? options.address : [await ask('--address', 'Your address')];
  const given = checkedName(name ?? (await ask('<name>', 'A name for this account', 'home')));
  const deliverTo = options.deliverTo === undefined ? {} : { deliverTo: resolve(options.deliverTo) };
  return { name: given, file: checkedFile({ kind: 'maildir', owner: options.owner, addresses, path, ...deliverTo }) };
}

/** Asks for what a flag does not say. @throws badInput where there is no terminal */
export async function ask(flag: string, message: string, initial?: string): Promise<string> {
  if (!process.stdin.isTTY) throw new StewardError('badInput', `${flag} is missing, and there is no terminal to ask`);
  const { input } = await import('@inquirer/prompts');
  return input({ message, required: true, ...(initial === undefined ? {} : { default: initial }) });
}

/** Reads a password, or a token, from standard input or the terminal. @throws badInput */
export async function readSecret(fromStdin: true | undefined, message: string): Promise<string> {
  return fromStdin ? readPassword() : await askPassword(message);
}

async function askPassword(message: string): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new StewardError('badInput', '--password-stdin is missing, and there is no terminal to ask');
  }
  const { password } = await import('@inquirer/prompts');
  return password({ message, mask: true });
}

function readPassword(): string {
  const text = readFileSync(0, 'utf8').replace(/\r?\n$/, '');
  if (text === '') throw new StewardError('badInput', 'Standard input is empty, expected the password');
  return text;
}

/** A name that a file can have. @throws badInput */
export function checkedName(name: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/i.test(name)) return name;
  throw new StewardError('badInput', `The name "${name}" has other characters than letters, digits, - and _`);
}

/** Checks against the schema, and keeps what was written: defaults stay defaults. @throws badInput */
export function checkedFile(file: object): unknown {
  const parsed = channelFile.safeParse(file);
  if (parsed.success) return file;
  const [issue] = parsed.error.issues;
  throw new StewardError('badInput', `${issue?.path.join('.')}: ${issue?.message}`);
}
