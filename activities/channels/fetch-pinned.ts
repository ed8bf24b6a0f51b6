import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { StewardError } from '../../schemas/errors.ts';
import { bareHost, NoAnswer, requestOnce } from '../request-once.ts';

/** How a server may be reached. */
export interface Reach {
  /** Without TLS nothing leaves this machine. */
  readonly loopbackOnly: boolean;
  /** PEM of the authority that is believed instead of those that Node knows. */
  readonly ca?: string;
  readonly serverName?: string;
}

interface PinnedReach extends Reach {
  readonly signal: AbortSignal;
  readonly onSending?: () => void;
}

/** A first sync of a large account has some megabytes. */
const maxBytes = 67_108_864;
/** Code of the `NoAnswer` for a body that is longer. */
export const tooLarge = 'TOO_LARGE';
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * `fetch` for one request, over Node's own HTTP: it takes an authority, follows no redirect and uses no proxy.
 *
 * Rejects with `NoAnswer` where none came, or one that is too large.
 *
 * @throws channelInsecure where a name without TLS leads to another machine
 */
export async function fetchPinned(reach: PinnedReach, url: URL, init: RequestInit = {}): Promise<Response> {
  const { signal, onSending, ca, serverName } = reach;
  const addresses = await addressesOf(bareHost(url), signal);
  if (
    reach.loopbackOnly &&
    !addresses.every((address) => loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
  ) {
    throw new StewardError('channelInsecure', `The server ${url.host} is not this machine and is named without TLS`);
  }
  const body = typeof init.body === 'string' ? init.body : undefined;
  const { status, headers, ...answer } = await requestOnce({
    ...{ url, method: init.method ?? 'GET', addresses, maxBytes, signal, skipsBody: () => false },
    headers: {
      ...Object.fromEntries(new Headers(init.headers)),
      ...{ 'user-agent': 'Steward', 'accept-encoding': 'identity', connection: 'close' },
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
    ...(body === undefined ? {} : { body }),
    ...(onSending === undefined ? {} : { onSending }),
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { serverName }),
  });
  if (answer.cut) throw new NoAnswer('unreachable', { code: tooLarge });
  const kept = new Headers();
  for (const name of ['content-type', 'retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset']) {
    const value = headers[name];
    if (typeof value === 'string') kept.set(name, value);
  }
  return new Response([204, 205, 304].includes(status) ? null : new Uint8Array(answer.body), { status, headers: kept });
}

/** The system's resolver cannot be cancelled, so it is left alone when time is up. */
async function addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const { promise: late, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new NoAnswer('unreachable', {}));
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    return await Promise.race([lookup(host, { all: true }).then((all) => all.map(({ address }) => address)), late]);
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer('unreachable', error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
