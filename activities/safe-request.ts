import { lookup } from 'node:dns/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { bareHost, type Exchange, type Hop, NoAnswer, requestOnce } from './request-once.ts';
import { isSpecialAddress } from './special-address.ts';

/** What is asked, as a person wrote it into a file. */
export interface RequestTarget {
  /** http or https; may be private, since people watch what stands at home. */
  readonly url: string;
  readonly method: string;
  /** Go to this origin only. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything together, from the name to the last byte of body. */
  readonly timeoutMs: number;
  /** Bytes of body that are kept, 256 KiB when left out; 0 reads none. */
  readonly maxBytes?: number;
  /** Redirects that are followed, 3 when left out; with 0 a redirect is an answer like any other. */
  readonly redirects?: number;
}

/** What came of it. `detail` and `code` hold no word of the far side; `bodyText` is its words. */
export type SafeAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly bodyText: string;
      /** The body was longer, or was not read. */
      readonly cut: boolean;
      /** Over TLS: the certificate that ends first on the way, RFC 3339. */
      readonly certificate?: { readonly endsAt: string };
      readonly ms: number;
    }
  | {
      /** `redirect`: one that was not followed, or one too many. */
      readonly kind: 'timeout' | 'unreachable' | 'tls' | 'redirect';
      readonly detail: string;
      /** Such as ECONNREFUSED or CERT_HAS_EXPIRED, where there is one. */
      readonly code?: string;
      /** False where no byte of a request left: nothing can have come of it. */
      readonly sent: boolean;
      readonly ms: number;
    };

export interface RequestDeps {
  /** Addresses of a name; the system's resolver when left out. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  readonly isSpecial?: (address: string) => boolean;
  /** Authorities instead of those that Node knows, PEM. */
  readonly ca?: string;
}

const keptBytes = 262_144;
/** These belong to the connection, and are ours. */
const ownHeaders = new Set(['connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer']);

/** A redirect that is not followed, and why; the words are ours. */
class RefusedRedirect extends Error {
  override readonly name = 'RefusedRedirect';
}

/**
 * Asks an address that a person named, within bounds: time, bytes, redirects. A redirect leads to another host only
 * where that is on the public internet, judged by address as it is connected to; headers, credentials and body stay
 * with the origin they were written for. Never throws for what the far side does: that is the result.
 *
 * May be repeated as far as what it asks may be.
 *
 * @source docs/design/watches.md
 */
export async function safeRequest(target: RequestTarget, deps: RequestDeps = {}): Promise<SafeAnswer> {
  const began = performance.now();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), target.timeoutMs);
  const ms = () => Math.round(performance.now() - began);
  let sent = false;
  const onSending = () => {
    sent = true;
  };
  try {
    const { exchange, endsAt } = await follow(target, deps, { signal: deadline.signal, onSending });
    const { status, cut } = exchange;
    return {
      ...{ kind: 'answer', status, cut, bodyText: exchange.body.toString('utf8') },
      ...(endsAt === undefined ? {} : { certificate: { endsAt: endsAt.toISOString() } }),
      ms: ms(),
    };
  } catch (error) {
    return { ...nameFailure(error, target, deadline.signal), sent, ms: ms() };
  } finally {
    clearTimeout(timer);
    deadline.abort();
  }
}

function nameFailure(error: unknown, { timeoutMs }: RequestTarget, signal: AbortSignal) {
  if (signal.aborted) return { kind: 'timeout', detail: `no answer within ${timeoutMs} ms` } as const;
  if (error instanceof RefusedRedirect) return { kind: 'redirect', detail: error.message } as const;
  if (!(error instanceof NoAnswer)) throw error;
  const { kind, code } = error;
  const words = kind === 'tls' ? 'no TLS' : 'no answer';
  return code === undefined ? { kind, detail: words } : { kind, detail: `${words}, ${code}`, code };
}

async function follow(
  target: RequestTarget,
  deps: RequestDeps,
  { signal, onSending }: Required<Pick<Hop, 'signal' | 'onSending'>>,
): Promise<{ exchange: Exchange; endsAt?: Date }> {
  const own = parseUrl(target.url);
  if (own === undefined) throw new NoAnswer('unreachable', { code: 'ERR_INVALID_URL' });
  const most = target.redirects ?? 3;
  // One look a name: what a host was found to be holds for all hops.
  const found = new Map<string, readonly string[]>();
  let [url, method, body] = [own, target.method, target.body];
  let endsAt: Date | undefined;
  for (let hops = 0; ; hops += 1) {
    const addresses = await addressesOf(url, own, found, deps, signal);
    const headers = headersFor(url, own, target, body);
    const exchange = await requestOnce({
      ...{ url, method, headers, addresses, signal, onSending, maxBytes: target.maxBytes ?? keptBytes },
      ...(body === undefined ? {} : { body }),
      ...(deps.ca === undefined ? {} : { ca: deps.ca }),
      skipsBody: (status, had) => most > 0 && leadsOn(status, had),
    });
    const ends = exchange.certificateEndsAt;
    if (ends !== undefined && (endsAt === undefined || ends < endsAt)) endsAt = ends;
    if (most === 0 || !leadsOn(exchange.status, exchange.headers)) {
      return { exchange, ...(endsAt === undefined ? {} : { endsAt }) };
    }
    if (hops === most) throw new RefusedRedirect(`more than ${most} redirects`);
    const next = parseUrl(exchange.headers.location!, url);
    if (next === undefined) throw new RefusedRedirect('a redirect leads to no web address');
    if (url.protocol === 'https:' && next.protocol === 'http:') throw new RefusedRedirect('a redirect leaves TLS');
    if (exchange.status !== 307 && exchange.status !== 308 && method !== 'HEAD') [method, body] = ['GET', undefined];
    if (body !== undefined && next.origin !== own.origin) {
      throw new RefusedRedirect('a redirect would take the body to another origin');
    }
    url = next;
  }
}

const leadsOn = (status: number, { location }: IncomingHttpHeaders) =>
  [301, 302, 303, 307, 308].includes(status) && location !== undefined;

/** @returns undefined for what is no http or https address */
function parseUrl(text: string, base?: URL): URL | undefined {
  if (!URL.canParse(text, base?.href)) return undefined;
  const url = new URL(text, base);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

/** Where a hop may connect to. Another host than the owner's must be on the public internet, with all its addresses. */
async function addressesOf(
  url: URL,
  own: URL,
  found: Map<string, readonly string[]>,
  deps: RequestDeps,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const host = hostOf(url);
  const addresses = found.get(host) ?? (isIP(host) === 0 ? await resolve(host, deps, signal) : [host]);
  found.set(host, addresses);
  const { isSpecial = isSpecialAddress } = deps;
  if (host !== hostOf(own) && addresses.some((address) => isSpecial(address))) {
    throw new RefusedRedirect('a redirect leads to an address that is not public');
  }
  return addresses;
}

const hostOf = (url: URL) => bareHost(url).replace(/\.$/, '');

/** The system's resolver cannot be cancelled, so it is left alone when time is up. */
async function resolve(host: string, deps: RequestDeps, signal: AbortSignal): Promise<readonly string[]> {
  const ask = deps.lookup ?? (async (name: string) => (await lookup(name, { all: true })).map((one) => one.address));
  const { promise: late, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new NoAnswer('unreachable', {}));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const addresses = await Promise.race([ask(host), late]);
    if (addresses.length === 0) throw new NoAnswer('unreachable', { code: 'ENOTFOUND' });
    return addresses;
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer('unreachable', error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What the owner wrote goes to the origin that the owner wrote it for. */
function headersFor(url: URL, own: URL, target: RequestTarget, body: RequestTarget['body']): Record<string, string> {
  const headers: Record<string, string> = {
    ...{ 'user-agent': 'Steward', accept: '*/*', 'accept-encoding': 'identity', connection: 'close' },
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  };
  if (url.origin !== own.origin) return headers;
  if (own.username !== '' || own.password !== '') {
    const pair = `${unescapePercent(own.username)}:${unescapePercent(own.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(target.headers)) {
    // A secret that was read from a file ends with a line break.
    if (!ownHeaders.has(name.toLowerCase())) headers[name.toLowerCase()] = value.trim();
  }
  return headers;
}

/** A lone percent sign in a password is one. */
function unescapePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
