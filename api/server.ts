import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { z } from 'zod';
import { StewardError } from '../schemas/errors.ts';
import type { ApiDeps } from './api-deps.ts';
import { buildOpenapi } from './build-openapi.ts';
import { checkAccess } from './check-access.ts';
import { checkHost, isOurOrigin } from './check-host.ts';
import { cutUnread } from './cut-unread.ts';
import { problemFrom, problemOf } from './problem.ts';
import { proxyTemporalUi } from './proxy-temporal-ui.ts';
import { readTextBody } from './read-text-body.ts';
import type { Route } from './route.ts';
import { routeTable } from './route-table.ts';
import { isServedHere } from './temporal-ui.ts';

export type { ApiDeps } from './api-deps.ts';

export interface RunningApi {
  readonly port: number;
  /** Answers what is under way, then stops; connections that are idle are cut. */
  close(): Promise<void>;
}

/** A page of the Temporal UI asks for many payloads at once, and an import carries many facts with all their versions. */
const bodyLimits = { '/codec/decode': '4mb', '/api/v1/memory/import': '8mb' } as const;
const closeGraceMs = 5_000;

/**
 * Starts the API. Every route checks host, access and shape before it does anything; every error is a problem+json.
 *
 * @throws portTaken
 */
export async function startApi(deps: ApiDeps): Promise<RunningApi> {
  const closing = new AbortController();
  const server = createServer(buildApp({ ...deps, closing: closing.signal }));
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  await listen(server, deps);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function listen(server: Server, { host, port }: ApiDeps): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
      reject(taken ? new StewardError('portTaken', `Port ${port} for the API is taken`, { cause }) : cause);
    });
    server.listen(port, host, () => resolve());
  });
}

function buildApp(deps: ApiDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  const openapi = buildOpenapi(routeTable);

  app.use((request, response, next) => {
    cutUnread(request, response);
    // A hook is called under whatever name the world knows this machine by, and carries a proof of its own.
    if (!request.path.startsWith('/hooks/')) checkHost(request, [deps.host, ...(deps.hostNames ?? [])]);
    response.set({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    });
    next();
  });
  if (isServedHere(deps.temporalUiUrl)) useTemporalUi(app, deps, deps.temporalUiUrl);
  app.use((_request, response, next) => {
    response.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    next();
  });
  app.use('/codec', allowUiOrigin(deps));
  app.get('/openapi.json', (_request, response) => {
    response.json(openapi);
  });
  for (const route of routeTable) mount(app, deps, route);
  app.use((request) => {
    throw new StewardError('notFound', `There is no ${request.method} ${request.path}`);
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    answerProblem(deps, error, request, response);
  });
  return app;
}

function mount(app: Express, deps: ApiDeps, route: Route): void {
  const path = route.path.replace(/\{(\w+)\}/g, ':$1');
  const { raw } = route;
  if (raw !== undefined) return void app[route.method](path, (...asked) => raw(deps, ...asked));
  const limit = bodyLimits[route.path as keyof typeof bodyLimits] ?? '64kb';
  const parsers = route.body === undefined ? [] : [parserOf(route, limit)];
  const guard = (request: Request, _response: Response, next: NextFunction) => {
    // Before the body is read: whoever may not ask does not get to send megabytes either.
    checkAccess(request, route.access, deps.token);
    next();
  };
  app[route.method](path, guard, ...parsers, async (request: Request, response: Response) => {
    const asked = {
      params: check(route.params, request.params, 'path'),
      query: check(route.query, request.query, 'query'),
      body: check(route.body, bodyOf(request), 'body'),
      header: (name: string) => request.get(name),
    };
    const answer = await route.handle(deps, asked as never);
    response.status(answer.status).set(answer.headers ?? {});
    if (typeof answer.body === 'string' || Buffer.isBuffer(answer.body)) response.end(answer.body);
    else response.json(answer.body);
  });
}

function parserOf({ bodyTypes }: Route, limit: string): express.RequestHandler {
  return bodyTypes === undefined ? express.json({ limit, strict: true }) : readTextBody(bodyTypes, 65_536);
}

/** An absent body is allowed where the schema says so; one that is no JSON is not taken for an absent one. */
function bodyOf(request: Request): unknown {
  const body: unknown = request.body;
  if (body === undefined && Number(request.get('content-length') ?? 0) > 0) {
    throw new StewardError('badInput', 'The body is not sent as application/json');
  }
  return body;
}

function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues
    .slice(0, 3)
    .map((issue) => `${[where, ...issue.path.map(String)].join('.')}: ${issue.message}`);
  throw new StewardError('badInput', words.join('; '));
}

/** The UI runs at a port of its own unless it is read under ours; then its origin, and only that, may ask. */
function allowUiOrigin({ temporalUiUrl }: ApiDeps) {
  return (request: Request, response: Response, next: NextFunction) => {
    const origin = request.get('origin');
    response.vary('Origin');
    if (origin !== undefined) {
      if (!isOurOrigin(origin, request.get('host'), temporalUiUrl)) {
        throw new StewardError('unauthorized', 'The page that asks is not the Temporal UI of this Steward');
      }
      response.set({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' });
    }
    if (request.method !== 'OPTIONS') return next();
    response.set({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization, content-type, x-namespace, caller-type',
      'access-control-max-age': '600',
    });
    response.status(204).end();
  };
}

function useTemporalUi(app: Express, deps: ApiDeps, target: string): void {
  app.use(async (request, response, next) => {
    if (request.path !== '/temporal' && !request.path.startsWith('/temporal/')) return next();
    checkAccess(request, 'reader', deps.token);
    const origin = request.get('origin');
    // The UI can cancel and terminate: only pages of this origin may send through it.
    if (request.method !== 'GET' && origin !== undefined && !isOurOrigin(origin, request.get('host'), undefined)) {
      throw new StewardError('unauthorized', 'The page that asks is not of this origin');
    }
    await proxyTemporalUi(target, request, response);
  });
}

function answerProblem(deps: ApiDeps, error: unknown, request: Request, response: Response): void {
  // The body parser's own errors carry a status.
  const { status, type } = error as { status?: number; type?: string };
  const ours =
    type === 'entity.too.large'
      ? problemFrom('badInput', 'The body is larger than this route takes', 413)
      : type === 'not.the.text'
        ? problemFrom('badInput', (error as Error).message, status)
        : status === 400 || status === 415
          ? problemFrom('badInput', 'The body is not valid JSON', status)
          : problemOf(error);
  if (ours.status >= 500) {
    deps.log.error({ err: error, method: request.method, path: request.path, code: ours.code }, 'a request failed');
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (ours.code === 'unauthorized') response.set('www-authenticate', 'Bearer realm="steward"');
  if (ours.status === 503 || (ours.status === 429 && !response.hasHeader('retry-after'))) {
    response.set('retry-after', '1');
  }
  response.status(ours.status).type('application/problem+json').send(JSON.stringify(ours));
}
