import { readFileSync } from 'node:fs';
import { ImapFlow } from 'imapflow';
import type { MailChannel } from '../../../schemas/channel-file.ts';
import { StewardError } from '../../../schemas/errors.ts';
import type { MailTimings } from './mail-timings.ts';
import { nameMailFailure } from './name-mail-failure.ts';

/** TLS settings of a server: 1.2 or later, the certificate always checked. */
export function tlsOptions(
  tls: MailChannel['imap']['tls'],
  host: string,
): { servername?: string; minVersion: 'TLSv1.2'; ca?: string } {
  let ca: string | undefined;
  try {
    ca = tls?.ca === undefined ? undefined : readFileSync(tls.ca, 'utf8');
  } catch (cause) {
    throw new StewardError('mailInsecure', `Cannot read the certificate authority ${tls?.ca} for ${host}`, { cause });
  }
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

/**
 * Connects and logs in, over TLS or not at all. Begins no IDLE by itself. Close it with `close()`.
 *
 * @throws mailBusy, mailLoginRefused, mailInsecure
 */
export async function connectImap(channel: MailChannel, timings: MailTimings, signal?: AbortSignal): Promise<ImapFlow> {
  const { host, port, security, user, password, tls } = channel.imap;
  const client = new ImapFlow({
    host,
    port,
    secure: security === 'tls',
    // Without this the library goes on in the clear when a server, or someone between, hides STARTTLS.
    ...(security === 'starttls' ? { doSTARTTLS: true } : {}),
    tls: tlsOptions(tls, host),
    auth: { user, pass: password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: timings.connectMs,
    greetingTimeout: timings.connectMs,
    socketTimeout: timings.socketMs,
    maxIdleTime: timings.idleMs,
    maxLiteralSize: 16 * 1_048_576,
    maxResponseSize: 64 * 1_048_576,
    clientInfo: { name: 'Steward' },
  });
  // Without a listener an error of the socket would end the process.
  client.on('error', () => undefined);
  const abort = () => client.close();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await client.connect();
    if (!client.secureConnection) throw new StewardError('mailInsecure', `The connection to ${host} is not encrypted`);
    return client;
  } catch (cause) {
    client.close();
    throw nameMailFailure(cause, host);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
