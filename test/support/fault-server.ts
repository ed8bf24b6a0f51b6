import {
  createServer as createPlain,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** A web service that misbehaves as its path says, and answers 200 `well` elsewhere. */
export interface FaultServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** What it was asked, oldest first. */
  readonly requests: readonly Asked[];
  /** Bytes written to all connections, also those that are cut. */
  bytesWritten(): number;
  openConnections(): number;
  /** Answers in another way from now on. */
  use(listener: RequestListener): void;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface FaultServerOptions {
  /** 127.0.0.1 when left out. */
  readonly host?: string;
  readonly port?: number;
  /** Speaks TLS. */
  readonly tls?: ServerOptions;
}

/** Starts one on a free port of this machine. */
export async function faultServer({
  host = '127.0.0.1',
  port = 0,
  tls,
}: FaultServerOptions = {}): Promise<FaultServer> {
  const requests: Asked[] = [];
  const sockets = new Set<Socket>();
  let written = 0;
  let listener: RequestListener = misbehave;
  const hear: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push({ method: request.method!, path: request.url!, headers: request.headers, body });
    listener(request, response);
  };
  const server = tls === undefined ? createPlain(hear) : createSecure(tls, hear);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket);
        written += socket.bytesWritten;
      });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http${tls === undefined ? '' : 's'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    requests,
    bytesWritten: () => written + [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0),
    openConnections: () => sockets.size,
    use: (next) => {
      listener = next;
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `/status/503`, `/silent`, `/drip`, `/endless`, `/bomb`, `/half`, `/reset`, `/garbage`, `/bytes/10`, `/to/<address>`. */
function misbehave(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url!, 'http://here');
  const [, what, rest = ''] = /^\/([a-z]*)\/?(.*)$/.exec(url.pathname) ?? [];
  response.on('error', () => undefined);
  switch (what) {
    case 'status':
      return void response.writeHead(Number(rest)).end(`status ${rest}`);
    case 'silent':
      return;
    case 'drip':
      return void drip(response);
    case 'endless':
      return void pour(response, 1_073_741_824);
    case 'bomb':
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb());
    case 'packed':
      return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('well'));
    case 'half':
      response.writeHead(200, { 'content-length': '100' }).write('half');
      return void setTimeout(() => response.destroy(), 20);
    case 'reset':
      return void request.socket.resetAndDestroy();
    case 'garbage':
      return void request.socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    case 'bytes':
      return void response.end(Buffer.alloc(Number(rest), 'a'));
    case 'to':
      return void response
        .writeHead(Number(url.searchParams.get('with') ?? 302), { location: decodeURIComponent(rest) })
        .end('moved');
    default:
      return void response.end('well');
  }
}

async function drip(response: ServerResponse): Promise<void> {
  response.writeHead(200);
  while (!response.destroyed) {
    response.write('.');
    await sleep(20);
  }
}

async function pour(response: ServerResponse, bytes: number): Promise<void> {
  const chunk = Buffer.alloc(65_536, 'x');
  for (let left = bytes; left > 0 && !response.destroyed; left -= chunk.byteLength) {
    if (!response.write(chunk)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

const once = (response: ServerResponse, event: string) => new Promise<void>((resolve) => response.once(event, resolve));

let packed: Buffer | undefined;
/** 100 MiB of zeros in some 100 KB. */
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(104_857_600));
  return packed;
}
