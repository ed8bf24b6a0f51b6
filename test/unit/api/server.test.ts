// - Nothing is answered without host, access and shape being right; every error is a problem+json with a remedy.
// - A fire is answered when it is safe, and the same request is the same fire.
// - Decoding needs token or login; other pages' scripts get nothing.

import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemory } from '../../../activities/memory/open-memory.ts';
import type { ApiDeps } from '../../../api/api-deps.ts';
import { startApi } from '../../../api/server.ts';
import { endFire } from '../../../store/fires/end-fire.ts';
import { inProcessHotTier } from '../../../store/hot/in-process.ts';
import { readSecrets } from '../../../store/secrets/read-secrets.ts';
import { makeDispatch } from '../../../triggers/dispatch.ts';
import { deskOf } from '../../support/api-world.ts';
import { type DispatchWorld, dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let client: Client;
beforeAll(async () => {
  server = await temporal();
  client = (await ownNamespace(server)).client;
});
afterAll(() => server[Symbol.asyncDispose]());

const token = 'tok-0123456789';
const bearer = { authorization: `Bearer ${token}` };

interface Api extends AsyncDisposable {
  readonly world: DispatchWorld;
  readonly port: number;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}
interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly json: any;
}

async function api(more: Partial<ApiDeps> = {}): Promise<Api> {
  const world = await dispatchWorld(client, '2026-03-01T06:00:00Z');
  world.use({
    report: {
      run: 'endless',
      when: { schedule: '0 8 * * *', timezone: 'Europe/Berlin' },
      missed: { policy: 'latest' },
    },
    post: { run: 'endless', when: { mail: {} } },
  });
  const running = await startApi({
    store: world.store,
    client,
    files: world.deps.files,
    dispatch: world.dispatch,
    log: { info() {}, warn() {}, error() {} },
    hot: inProcessHotTier(world.clock),
    models: deskOf(world),
    memory: openMemory(world.store),
    personId: world.personId,
    host: '127.0.0.1',
    port: 0,
    token,
    decode: async (payloads) => payloads.map((payload) => ({ ...payload, data: Buffer.from('opened') })),
    ready: async () => {},
    ...more,
  });
  const { port } = running;
  return {
    world,
    port,
    get: (path, headers = {}) => send(port, 'GET', path, headers),
    post: (path, body, headers = {}) =>
      send(port, 'POST', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
    [Symbol.asyncDispose]: async () => {
      await running.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

function send(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        const json = /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
        resolve({ status: response.statusCode!, headers: response.headers, text, json });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('startApi() answers healthz and readyz without a token, and says what is not ready', async () => {
  await using well = await api();
  expect((await well.get('/healthz')).json).toEqual({ status: 'ok' });
  expect((await well.get('/readyz')).status).toBe(200);
  await using ill = await api({ ready: () => Promise.reject(new Error('workers are starting')) });
  const answer = await ill.get('/readyz');
  expect(answer.status).toBe(503);
  expect(answer.json).toMatchObject({ code: 'childFailed', detail: 'Not ready: workers are starting' });
});

test.each(['/api/v1/fires', '/api/v1/runs', '/api/v1/triggers', '/api/v1/outbox', '/api/v1/reports/latest'])(
  'startApi() refuses %s without the token and answers with it',
  async (path) => {
    await using served = await api();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: `Basic ${token}` }]) {
      const refused = await served.get(path, headers as Record<string, string>);
      expect(refused.status).toBe(401);
      expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(refused.json).toMatchObject({ type: 'urn:steward:unauthorized', status: 401, code: 'unauthorized' });
      expect(refused.json.remedy).toContain('token');
      expect(refused.headers['www-authenticate']).toMatch(/^Bearer/);
    }
    expect([200, 404]).toContain((await served.get(path, bearer)).status);
  },
);

test('startApi() refuses a foreign Host, which a page elsewhere may have pointed here', async () => {
  await using served = await api({ hostNames: ['steward.home'] });
  expect((await served.get('/healthz', { host: 'evil.example' })).status).toBe(400);
  expect((await served.get('/healthz', { host: '127.0.0.1.evil.example:80' })).status).toBe(400);
  expect((await served.get('/healthz', { host: 'localhost:1234' })).status).toBe(200);
  expect((await served.get('/healthz', { host: '[::1]:1234' })).status).toBe(200);
  expect((await served.get('/healthz', { host: 'steward.home' })).status).toBe(200);
});

test('POST fire answers 202 when row and run are safe, and the same key is the same fire', async () => {
  await using served = await api();
  const first = await served.post('/api/v1/triggers/report/fire', { requestId: served.world.personId }, bearer);
  expect(first.status).toBe(202);
  expect(first.json.accepted).toBe(true);
  expect(first.headers.location).toBe(`/api/v1/fires/${first.json.fireId}`);
  expect((await client.workflow.getHandle(first.json.workflowId).describe()).status.name).toBe('RUNNING');
  const again = await served.post(
    '/api/v1/triggers/report/fire',
    {},
    { ...bearer, 'idempotency-key': served.world.personId },
  );
  expect(again.json).toEqual({ ...first.json, accepted: false });
  const shown = await served.get(first.headers.location as string, bearer);
  expect(shown.json).toMatchObject({ trigger: 'report', state: 'open', deliveries: [{ source: 'request' }] });
});

test('POST fire takes an empty request, and refuses what it cannot read', async () => {
  await using served = await api();
  const path = '/api/v1/triggers/report/fire';
  const bare = await send(served.port, 'POST', path, bearer);
  expect(bare.status).toBe(202);
  const refused = [
    await served.post(path, { unknown: 1 }, bearer),
    await served.post(path, { requestId: 'a b' }, bearer),
    await send(served.port, 'POST', path, { ...bearer, 'content-type': 'application/json' }, '{"broken'),
    await send(served.port, 'POST', path, { ...bearer, 'content-length': '2' }, '{}'),
  ];
  for (const answer of refused) {
    expect(answer.status).toBe(400);
    expect(answer.json.code).toBe('badInput');
  }
  expect((await served.post(path, { args: { big: 'x'.repeat(70_000) } }, bearer)).status).toBe(413);
  expect((await served.post('/api/v1/triggers/nowhere/fire', {}, bearer)).json).toMatchObject({
    status: 404,
    code: 'notFound',
  });
});

test('POST fire says 503 while Temporal is away, and keeps the row', async () => {
  await using served = await api();
  const cut = makeDispatch({ ...served.world.deps, client: unreachableClient() });
  await using second = await api({ dispatch: cut, store: served.world.store });
  const answer = await second.post('/api/v1/triggers/report/fire', { requestId: 'a' }, bearer);
  expect(answer.status).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
  expect(answer.json).toMatchObject({ code: 'temporalBusy' });
  expect(await served.world.firesOf('report')).toHaveLength(1);
});

test('GET fires filters and pages, newest first', async () => {
  await using served = await api();
  for (const requestId of ['a', 'b', 'c']) {
    served.world.clock.advance(1_000);
    await served.world.dispatch.fireNow({ trigger: 'report', requestId: `${requestId}${served.world.personId}` });
  }
  const [oldest] = await served.world.firesOf('report');
  await endFire(served.world.store, { fireId: oldest!.id, ending: 'failed', reason: 'mailBusy' });
  const first = await served.get('/api/v1/fires?limit=2', bearer);
  expect(first.json.fires).toHaveLength(2);
  const second = await served.get(`/api/v1/fires?limit=2&before=${first.json.next}`, bearer);
  expect(second.json.fires).toMatchObject([{ id: oldest!.id, state: 'failed', reason: 'mailBusy' }]);
  expect(second.json.next).toBeUndefined();
  expect((await served.get('/api/v1/fires?state=failed', bearer)).json.fires).toHaveLength(1);
  expect((await served.get('/api/v1/fires?limit=0', bearer)).status).toBe(400);
  expect((await served.get('/api/v1/fires?colour=red', bearer)).json.code).toBe('badInput');
});

test('GET runs joins the ledger with Temporal and links to its UI', async () => {
  await using served = await api({ temporalUiUrl: 'http://127.0.0.1:1' });
  const { workflowId } = await served.world.dispatch.fireNow({ trigger: 'report', requestId: served.world.personId });
  const { runs } = (await served.get('/api/v1/runs', bearer)).json;
  expect(runs).toMatchObject([{ run: { status: 'RUNNING' } }]);
  expect(runs[0].link).toBe(
    `http://127.0.0.1:1/namespaces/${client.options.namespace}/workflows/${encodeURIComponent(workflowId)}`,
  );
});

test('GET triggers shows next slot, last fire and what is broken', async () => {
  await using served = await api();
  await served.world.dispatch.fireNow({ trigger: 'report', requestId: served.world.personId });
  const { triggers } = (await served.get('/api/v1/triggers', bearer)).json;
  expect(triggers).toMatchObject([
    { name: 'report', when: '0 8 * * *', next: '2026-03-01T07:00:00.000Z', last: { state: 'open' } },
    { name: 'post', when: 'mail' },
  ]);
});

test('GET metrics counts without a token and names no trigger', async () => {
  await using served = await api();
  await served.world.dispatch.fireNow({ trigger: 'report', requestId: served.world.personId });
  served.world.clock.advance(5_000);
  const ended = await served.world.dispatch.fireNow({ trigger: 'report', requestId: `b${served.world.personId}` });
  await endFire(served.world.store, { fireId: ended.fireId, ending: 'failed' });
  const { status, text } = await served.get('/metrics');
  expect(status).toBe(200);
  expect(text).toContain('steward_fires{state="open"} 1');
  expect(text).toContain('steward_oldest_open_fire_seconds 5');
  expect(text).toContain('steward_fires_total{ending="failed"} 1');
  expect(text).toContain('steward_fires_total{ending="ran"} 0');
  expect(text).toContain('steward_fires_by_kind_total{kind="manual",ending="failed"} 1');
  expect(text).toContain('steward_trigger_lateness_seconds_count 0');
  expect(text).toMatch(/# TYPE steward_fires_total counter/);
  expect(text).toMatch(/steward_nodejs_eventloop_lag_seconds/);
  expect(text).not.toContain('report');
});

const sealed = { payloads: [{ metadata: { encoding: 'eA==' }, data: 'eA==' }] };

test('POST decode opens payloads for token or login, and for nobody else', async () => {
  await using served = await api();
  expect((await served.post('/codec/decode', sealed)).status).toBe(401);
  expect((await served.post('/codec/decode', sealed, { cookie: 'steward_login=guess' })).status).toBe(401);
  const opened = await served.post('/codec/decode', sealed, bearer);
  expect(opened.json.payloads[0].data).toBe(Buffer.from('opened').toString('base64'));
  expect((await served.get('/login?token=wrong')).status).toBe(401);
  const login = await served.get(`/login?token=${token}&next=/api/v1/fires`);
  expect(login.status).toBe(303);
  expect(login.headers.location).toBe('/api/v1/fires');
  const cookie = login.headers['set-cookie']![0]!;
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect(cookie).not.toContain(token);
  const asReader = { cookie: cookie.split(';')[0]! };
  expect((await served.post('/codec/decode', sealed, asReader)).status).toBe(200);
  expect((await served.get('/api/v1/fires', asReader)).status).toBe(200);
  // Reading is what the cookie is for; a page that makes a browser post must not fire.
  expect((await served.post('/api/v1/triggers/report/fire', {}, asReader)).status).toBe(401);
  expect((await served.post('/codec/decode', { payloads: 'x' }, bearer)).json.code).toBe('badInput');
});

test('GET login leads to the Temporal UI where it is', async () => {
  const nextOf = async (more: Partial<ApiDeps>) => {
    await using served = await api(more);
    return (await served.get(`/login?token=${token}`)).headers.location;
  };
  expect(await nextOf({ temporalUiUrl: 'http://127.0.0.1:1/temporal' })).toBe('/temporal/');
  expect(await nextOf({ temporalUiUrl: 'http://temporal.home:8080' })).toBe('http://temporal.home:8080');
  expect(await nextOf({})).toBe('/healthz');
});

test('GET login goes nowhere but to a path of its own', async () => {
  await using served = await api();
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
    expect((await served.get(`/login?token=${token}&next=${encodeURIComponent(next)}`)).status).toBe(400);
  }
});

test('POST decode lets in the origin of the Temporal UI, exactly', async () => {
  await using served = await api({ temporalUiUrl: 'http://127.0.0.1:8233' });
  const from = (origin: string) => served.post('/codec/decode', sealed, { ...bearer, origin });
  const good = await from('http://localhost:8233');
  expect(good.headers['access-control-allow-origin']).toBe('http://localhost:8233');
  expect(good.headers['access-control-allow-credentials']).toBe('true');
  expect((await from('http://localhost:8234')).status).toBe(401);
  expect((await from('null')).headers['access-control-allow-origin']).toBeUndefined();
  const preflight = await send(served.port, 'OPTIONS', '/codec/decode', { origin: 'http://127.0.0.1:8233' });
  expect(preflight.status).toBe(204);
  expect(preflight.headers['access-control-allow-headers']).toContain('x-namespace');
});

test('startApi() serves the Temporal UI behind the login, and hands on neither cookie nor token', async () => {
  const seen: Record<string, unknown>[] = [];
  const ui = createServer((incoming, answer) => {
    seen.push({ url: incoming.url, cookie: incoming.headers.cookie, authorization: incoming.headers.authorization });
    answer.setHeader('content-type', 'text/html').end('<p>ui</p>');
  });
  await new Promise<void>((resolve) => ui.listen(0, '127.0.0.1', resolve));
  try {
    await using served = await api({
      temporalUiUrl: `http://127.0.0.1:${(ui.address() as AddressInfo).port}/temporal`,
    });
    expect((await served.get('/temporal/')).status).toBe(401);
    const page = await served.get('/temporal/namespaces?x=1', { ...bearer, cookie: 'steward_login=x; _csrf=y' });
    expect(page).toMatchObject({ status: 200, text: '<p>ui</p>' });
    expect(seen).toEqual([{ url: '/temporal/namespaces?x=1', cookie: '_csrf=y', authorization: undefined }]);
    await served.world.dispatch.fireNow({ trigger: 'report', requestId: served.world.personId });
    const { runs } = (await served.get('/api/v1/runs', bearer)).json;
    expect(runs[0].link).toContain(`http://127.0.0.1:${served.port}/temporal/namespaces/`);
    const foreign = await served.post('/temporal/api/x', {}, { ...bearer, origin: 'http://evil.example' });
    expect(foreign.status).toBe(401);
  } finally {
    ui.closeAllConnections();
    ui.close();
  }
});

test('startApi() says which port is taken', async () => {
  await using served = await api();
  await expect(api({ port: served.port })).rejects.toMatchObject({ code: 'portTaken' });
});

test('startApi() tells nothing of an unexpected error', async () => {
  await using served = await api({ readLatestReport: () => Promise.reject(new Error('canary in a message')) });
  const answer = await served.get('/api/v1/reports/latest', bearer);
  expect(answer.status).toBe(500);
  expect(answer.json.code).toBe('internal');
  expect(answer.text).not.toContain('canary');
});

test('GET report is a page in which nothing loads or runs', async () => {
  const rendered = { subject: 'Morning', text: 'All well', html: '<p>All well</p>' };
  await using served = await api({ readLatestReport: async () => ({ report: {} as never, rendered }) });
  expect((await served.get('/api/v1/reports/latest', bearer)).text).toBe('Morning\n\nAll well');
  const page = await served.get('/api/v1/reports/latest?format=html', bearer);
  expect(page.headers['content-type']).toMatch(/^text\/html/);
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);
  expect((await served.get('/api/v1/reports/latest?format=json', bearer)).json.rendered).toEqual(rendered);
});

test('every answer carries the headers that keep a browser from guessing', async () => {
  await using served = await api();
  for (const path of ['/healthz', '/nowhere', '/openapi.json']) {
    const { headers } = await served.get(path);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-powered-by']).toBeUndefined();
  }
});

test('POST secret seals a value that only files get to see', async () => {
  await using served = await api();
  const path = '/api/v1/secrets/mail-password';
  expect((await served.post(path, { value: 'canary-4471' })).status).toBe(401);
  expect((await served.post('/api/v1/secrets/no%20name', { value: 'x' }, bearer)).status).toBe(400);
  expect((await served.post(path, { value: 'canary-4470' }, bearer)).status).toBe(200);
  const answer = await served.post(path, { value: 'canary-4471' }, bearer);
  expect(answer.json).toEqual({ name: 'mail-password' });
  expect((await readSecrets(served.world.store)).get('mail-password')).toBe('canary-4471');
  const { rows } = await served.world.store.db.execute('select row_to_json(s)::text as row from secrets s');
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(Buffer.from('canary-4471').toString('hex'));
});
