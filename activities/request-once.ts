import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { canonicalAddress } from './special-address.ts';

/** One request to addresses that have been looked up and judged already. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Only these are connected to. */
  readonly addresses: readonly string[];
  /** Bytes of body that are kept; 0 reads none. */
  readonly maxBytes: number;
  /** A body that comes with such a status is not read. */
  readonly skipsBody: (status: number, headers: IncomingHttpHeaders) => boolean;
  readonly signal: AbortSignal;
  /** Called before the first byte of the request leaves; not where none ever does. */
  readonly onSending?: () => void;
  /** Authorities beside those that Node knows, PEM. */
  readonly ca?: string;
  /** Name in the certificate, when it differs from the host. */
  readonly serverName?: string;
}

export interface Exchange {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body was longer than what is kept, or could not be unpacked to its end. */
  readonly cut: boolean;
  /** When the certificate of the far side ends. */
  readonly certificateEndsAt?: Date;
}

/** What an exchange came to that brought no answer. The code is a word of Node or OpenSSL, never of the far side. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly kind: 'unreachable' | 'tls';
  readonly code: string | undefined;
  constructor(kind: 'unreachable' | 'tls', error: unknown) {
    super(kind);
    this.kind = kind;
    const { code } = error as { code?: unknown };
    this.code = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
  }
}

/**
 * One request, one connection, no redirect, no proxy, nothing kept open. TLS 1.2 or later, verified.
 *
 * Rejects with `NoAnswer`, also where the signal cut it: the caller knows whether it did.
 */
export async function requestOnce(hop: Hop): Promise<Exchange> {
  const answer = await answerTo(hop);
  const status = answer.statusCode ?? 0;
  const ends =
    answer.socket instanceof TLSSocket ? Date.parse(answer.socket.getPeerCertificate().valid_to) : Number.NaN;
  const head = {
    ...{ status, headers: answer.headers },
    ...(Number.isNaN(ends) ? {} : { certificateEndsAt: new Date(ends) }),
  };
  if (hop.maxBytes === 0 || hop.skipsBody(status, answer.headers)) {
    answer.destroy();
    return { ...head, body: Buffer.alloc(0), cut: true };
  }
  try {
    return { ...head, ...(await readBody(answer, hop.maxBytes)) };
  } catch (error) {
    throw new NoAnswer('unreachable', error);
  }
}

function answerTo(hop: Hop): Promise<IncomingMessage> {
  const { url, addresses } = hop;
  const secure = url.protocol === 'https:';
  const host = bareHost(url);
  const tls: RequestOptions = {
    minVersion: 'TLSv1.2',
    // Written out: a variable of the process would switch it off otherwise.
    rejectUnauthorized: true,
    ...(hop.serverName === undefined ? (isIP(host) === 0 ? { servername: host } : {}) : { servername: hop.serverName }),
    ...(hop.ca === undefined ? {} : { ca: hop.ca }),
  };
  const wanted = new Set(addresses.map(canonicalAddress));
  return new Promise((resolve, reject) => {
    let stage: 'tcp' | 'tls' | 'http' = 'tcp';
    const reach = (next: typeof stage) => {
      stage = next;
      if (next === 'http') hop.onSending?.();
    };
    const fail = (error: unknown) => reject(new NoAnswer(stage === 'tls' ? 'tls' : 'unreachable', error));
    try {
      const call = (secure ? requestHttps : requestHttp)({
        ...{ protocol: url.protocol, hostname: host, path: `${url.pathname}${url.search}`, method: hop.method },
        ...(url.port === '' ? {} : { port: Number(url.port) }),
        ...{ headers: hop.headers, signal: hop.signal, lookup: pinned(addresses) },
        // An agent of its own for each call: none that a proxy variable or an earlier connection reaches.
        ...{ agent: false, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: 1_000 },
        ...(secure ? tls : {}),
      });
      call.on('socket', (socket) => {
        socket.once('connect', () => {
          reach(secure ? 'tls' : 'http');
          if (!wanted.has(canonicalAddress(socket.remoteAddress ?? ''))) socket.destroy(new Error('went elsewhere'));
        });
        socket.once('secureConnect', () => reach('http'));
      });
      call.on('response', resolve).on('error', fail);
      call.on('close', () => fail(new Error('closed without an answer')));
      call.end(hop.body);
    } catch (error) {
      // A header or path that cannot be written.
      fail(error);
    }
  });
}

/** `[::1]` without its brackets. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** A name leads where it was found to lead, whatever DNS says now. */
function pinned(addresses: readonly string[]): LookupFunction {
  return (_host, options, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }));
    if (options.all) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };
}

/** Leaving the loop destroys the stream and with it the connection: what is beyond the cap is not fetched. */
async function readBody(answer: IncomingMessage, maxBytes: number): Promise<{ body: Buffer; cut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const decoder = decoderFor(answer.headers['content-encoding']);
  const stream: Readable = decoder === undefined ? answer : pipeline(answer, decoder, () => undefined);
  const kept = (cut: boolean) => ({ body: Buffer.concat(chunks).subarray(0, maxBytes), cut });
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > maxBytes) return kept(true);
    }
  } catch (error) {
    if (!/^(Z_|ERR_BROTLI|ERR_PADDING|ERR__ERROR_FORMAT)/.test(String((error as NodeJS.ErrnoException).code)))
      throw error;
    return kept(true);
  } finally {
    answer.destroy();
  }
  return kept(false);
}

/** We ask for none of these; some servers pack all the same. */
function decoderFor(encoding: string | undefined) {
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'deflate') return createInflate();
  return encoding === 'br' ? createBrotliDecompress() : undefined;
}
