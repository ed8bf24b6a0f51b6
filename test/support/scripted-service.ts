import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a handler sees it. */
export interface AskedOf {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** JSON, a form as an object, or undefined. */
  readonly body: unknown;
  readonly raw: string;
}

export interface Answered {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** What happens to the next request that writes: `drop` does it and hangs up; a status refuses it and does nothing. */
export type ServiceFault =
  | 'drop'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly json?: unknown };

export interface ScriptedService extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly AskedOf[];
  /** For the next request with this method and a path that holds these words. */
  failNext(method: string, path: string, fault: ServiceFault): void;
  kill(): Promise<void>;
  /** On the same port, with all that it had. */
  restart(): Promise<void>;
}

/** A service over real HTTP whose answers a test writes; what it holds outlives a kill. */
export async function scriptedService(handle: (asked: AskedOf) => Answered): Promise<ScriptedService> {
  const asked: AskedOf[] = [];
  const faults: { method: string; path: string; fault: ServiceFault }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const one = await readAsked(request);
    asked.push(one);
    const at = faults.findIndex(({ method, path }) => method === one.method && one.path.includes(path));
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]!.fault;
    if (typeof fault === 'object') {
      return void response.writeHead(fault.status, fault.headers).end(JSON.stringify(fault.json ?? {}));
    }
    const { status = 200, headers = {}, json } = handle(one);
    if (fault === 'drop') return void response.destroy();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(json === undefined ? '' : JSON.stringify(json));
  };
  let server: Server;
  const open = async (port: number) => {
    server = createServer((request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const port = await open(0);
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    failNext: (method, path, fault) => void faults.push({ method, path, fault }),
    kill: close,
    restart: async () => void (await open(port)),
    [Symbol.asyncDispose]: close,
  };
}

async function readAsked(request: IncomingMessage): Promise<AskedOf> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return {
    ...{ method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, headers: request.headers, raw },
    body: form ? Object.fromEntries(new URLSearchParams(raw)) : jsonOf(raw),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
