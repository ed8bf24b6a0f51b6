import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as secure, type TLSSocket } from 'node:tls';
import type { XmppChannel } from '../../../schemas/channel-file.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { findServer, type ServerPlace } from './find-server.ts';
import { startTls } from './start-tls.ts';
import { domainOf } from './xmpp-names.ts';

/**
 * Opens a connection to the server of a channel: TLS 1.2 or later with a certificate that was checked, or none. In the
 * clear nothing is ever sent but the name of the domain and the wish for TLS.
 *
 * @throws channelInsecure
 */
export async function openSocket(channel: XmppChannel, signal: AbortSignal): Promise<TLSSocket> {
  const places = await orAborted(findServer(channel), signal);
  let failure: unknown;
  for (const place of places) {
    try {
      return await openAt(channel, place, signal);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

async function openAt(channel: XmppChannel, place: ServerPlace, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted();
  const domain = domainOf(channel.jid);
  const ca = authorityOf(channel);
  // A stanza and the question whether it came are two small writes: held back, the second waits 40 ms for the first.
  const plain = connect({ ...place, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
  const cut = () => plain.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await ready(plain, 'connect');
    if (channel.security === 'starttls') await startTls(plain, domain);
    const socket = secure({
      socket: plain,
      servername: channel.tls?.serverName ?? domain,
      minVersion: 'TLSv1.2',
      // Written out: a variable of the process would switch it off otherwise.
      rejectUnauthorized: true,
      ...(ca === undefined ? {} : { ca }),
    });
    await ready(socket, 'secureConnect');
    return socket;
  } catch (error) {
    plain.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

/** DNS has patience of its own, and no way to be told. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function authorityOf({ tls, name }: XmppChannel): string | undefined {
  try {
    return tls?.ca === undefined ? undefined : readFileSync(tls.ca, 'utf8');
  } catch (cause) {
    throw new StewardError('channelInsecure', `Cannot read the certificate authority of channels/${name}.yaml`, {
      cause,
    });
  }
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Stays for the life of the socket: an error without a listener would end the process.
  socket.on('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  socket.once(event, () => resolve());
  return promise;
}
