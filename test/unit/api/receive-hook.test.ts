// - A hook answers 2xx only when row and start are safe; one delivery is one fire, however often and at once it comes.
// - What is not proven leaves no row. A path without a hook in force answers as any path that does not exist.
// - Limits hold at the limit and one over; what is over is cut, not kept.
// - The body is kept byte for byte, and only whoever holds the token reads it.

import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { Client } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMemory } from '../../../activities/memory/open-memory.ts';
import type { ApiDeps } from '../../../api/api-deps.ts';
import { startApi } from '../../../api/server.ts';
import { deliveries, fires, payloads } from '../../../schemas/db/fires.ts';
import type { Dispatch, TriggerEvent } from '../../../schemas/dispatch.ts';
import { StewardError } from '../../../schemas/errors.ts';
import type { WebhookProvider } from '../../../schemas/trigger-kinds/webhook.ts';
import { argsOf } from '../../../store/fires/open-fire.ts';
import { inProcessHotTier } from '../../../store/hot/in-process.ts';
import { makeDispatch } from '../../../triggers/dispatch.ts';
import { deskOf } from '../../support/api-world.ts';
import { type DispatchWorld, dispatchWorld, unreachableClient } from '../../support/dispatch-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { secretFor, signWebhook, trelloCallback } from '../../support/sign-webhook.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let client: Client;
beforeAll(async () => {
  server = await temporal();
  client = (await ownNamespace(server)).client;
});
afterAll(() => server[Symbol.asyncDispose]());

const token = 'tok-0123456789';
const secret = secretFor('github');

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly json: any;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer | string;
}

interface Hooks extends AsyncDisposable {
  readonly world: DispatchWorld;
  readonly port: number;
  send(path: string, sent?: Sent): Promise<Answer>;
  /** A delivery as the provider sends it; its secret is that of `secretFor`. */
  deliver(provider: WebhookProvider, options?: Partial<Delivery>): Promise<Answer>;
  rows(): Promise<(typeof fires.$inferSelect)[]>;
}

interface Delivery {
  readonly path: string;
  readonly body: string;
  readonly id: string;
  readonly type: string;
  readonly secret: string;
  readonly at: Date;
  readonly contentType: string;
  readonly headers: Record<string, string>;
}

const hook = (more: object = {}, file: object = {}) => ({
  run: 'endless',
  when: { webhook: { provider: 'github', secret, ...more } },
  ...file,
});

async function hooks(triggers: Record<string, object>, more: Partial<ApiDeps> = {}): Promise<Hooks> {
  const world = await dispatchWorld(client, '2026-03-01T08:00:30Z');
  world.use(triggers);
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
    decode: async (all) => all,
    ready: async () => {},
    ...more,
  });
  const { port } = running;
  return {
    world,
    port,
    send: (path, sent) => send(port, path, sent),
    deliver: (provider, options = {}) => {
      const { body = '{"action":"opened"}', id = 'd-1', type = 'issues', at = world.clock.now() } = options;
      const signed = signWebhook(provider, {
        ...{ body: Buffer.from(body), secret: options.secret ?? secretFor(provider), at, id, type },
        ...(options.contentType === undefined ? {} : { contentType: options.contentType }),
      });
      return send(port, options.path ?? '/hooks/one', { headers: { ...signed, ...options.headers }, body });
    },
    rows: () => world.store.db.select().from(fires),
    [Symbol.asyncDispose]: async () => {
      await running.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

function send(port: number, path: string, { method = 'POST', headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        const isJson = /json/.test(response.headers['content-type'] ?? '') && bytes.length > 0;
        const json = isJson ? JSON.parse(bytes.toString()) : undefined;
        resolve({ status: response.statusCode!, headers: response.headers, bytes, json });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

test('receiveHook makes one fire of one delivery, and a delivery row of its repeat', async () => {
  await using api = await hooks({ one: hook() });
  const first = await api.deliver('github');
  expect(first).toMatchObject({ status: 200, json: { accepted: true, fireId: expect.stringMatching(/^fir_/) } });
  const again = await api.deliver('github');
  expect(again).toMatchObject({ status: 200, json: { accepted: false, fireId: first.json.fireId } });
  expect((await api.deliver('github', { id: 'd-2' })).json.accepted).toBe(true);
  const rows = await api.rows();
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ trigger: 'one', kind: 'webhook', state: 'open' });
  expect(rows[0]!.slotKey).not.toContain('d-1');
  expect(await api.world.store.db.select().from(deliveries)).toMatchObject([{ source: 'webhook' }]);
  const run = await client.workflow.getHandle(rows[0]!.workflowId).describe();
  expect(run.status.name).toBe('RUNNING');
});

test('receiveHook makes one fire of fifty deliveries of one id at once', async () => {
  await using api = await hooks({ one: hook() });
  const answers = await Promise.all(Array.from({ length: 50 }, () => api.deliver('github')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers.filter(({ json }) => json.accepted)).toHaveLength(1);
  expect(new Set(answers.map(({ json }) => json.fireId)).size).toBe(1);
  expect(await api.rows()).toHaveLength(1);
  expect(await api.world.store.db.select().from(deliveries)).toHaveLength(49);
});

test('receiveHook refuses what is not proven with 401, and no row is left of it', async () => {
  await using api = await hooks({
    one: hook(),
    slack: { run: 'endless', when: { webhook: { provider: 'slack', secret: secretFor('slack') } } },
  });
  const body = '{"action":"opened"}';
  const wrong = await api.deliver('github', { secret: 'another-secret' });
  expect(wrong).toMatchObject({ status: 401, json: { code: 'hookRefused', status: 401 } });
  expect(wrong.headers['www-authenticate']).toBeUndefined();
  expect((await api.send('/hooks/one', { body })).json.detail).toMatch(/unsigned$/);
  const at = new Date(api.world.clock.now().getTime() - 301_000);
  const old = await api.deliver('slack', { path: '/hooks/slack', at });
  expect(old).toMatchObject({ status: 401, json: { detail: expect.stringMatching(/wrong time$/) } });
  expect(await api.rows()).toHaveLength(0);
  expect((await api.deliver('github')).status).toBe(200);
  expect((await api.deliver('slack', { path: '/hooks/slack' })).status).toBe(200);
});

test('receiveHook answers a path without a hook in force as any path that does not exist', async () => {
  await using api = await hooks({
    off: hook({}, { enabled: false }),
    over: hook({}, { until: '2026-01-01T00:00:00Z' }),
    one: hook({ path: 'elsewhere' }),
    plain: { run: 'endless', when: { mail: {} } },
  });
  const stripped = ({ status, headers, bytes }: Answer, path: string) => {
    const { date: _, ...rest } = headers;
    return { status, rest: { ...rest, 'content-length': '' }, text: bytes.toString().replace(path, 'PATH') };
  };
  const nowhere = stripped(await api.deliver('github', { path: '/nowhere' }), '/nowhere');
  expect(nowhere.status).toBe(404);
  for (const path of ['/hooks/off', '/hooks/over', '/hooks/one', '/hooks/plain', '/hooks/never', '/hooks/', '/hooks']) {
    expect(stripped(await api.deliver('github', { path }), path)).toEqual(nowhere);
    for (const method of ['GET', 'HEAD', 'PUT']) {
      const [theirs, none] = await Promise.all([api.send(path, { method }), api.send('/nowhere', { method })]);
      expect(stripped(theirs, path)).toEqual(stripped(none, '/nowhere'));
    }
  }
  expect((await api.deliver('github', { path: '/hooks/elsewhere' })).status).toBe(200);
  expect((await api.deliver('github', { path: '/hooks/elsewhere?board=1' })).status).toBe(200);
});

test('receiveHook is called under any name, and nothing else is', async () => {
  await using api = await hooks({ one: hook() });
  const host = { host: 'steward.example.org' };
  expect((await api.deliver('github', { headers: host })).status).toBe(200);
  expect((await api.send('/healthz', { method: 'GET', headers: host })).status).toBe(400);
  expect((await api.send('/hooks/../healthz', { method: 'GET', headers: host })).status).toBe(404);
});

test('receiveHook keeps a body at its limit byte for byte, and refuses one byte more', async () => {
  await using api = await hooks({ one: hook({ maxBytes: 1000 }) });
  const body = `{"words":"${'ü'.repeat(494)}"}`;
  expect(Buffer.byteLength(body)).toBe(1000);
  const taken = await api.deliver('github', { body });
  expect(taken.status).toBe(200);
  const over = await api.deliver('github', { body: `${body} `, id: 'd-2' });
  expect(over).toMatchObject({ status: 413, json: { status: 413 } });
  expect(await api.rows()).toHaveLength(1);

  const path = `/api/v1/fires/${taken.json.fireId}/payload`;
  expect((await api.send(path, { method: 'GET' })).status).toBe(401);
  const kept = await api.send(path, { method: 'GET', headers: { authorization: `Bearer ${token}` } });
  expect(kept.bytes.equals(Buffer.from(body))).toBe(true);
  expect(kept.headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json/),
    'content-disposition': expect.stringMatching(/^attachment/),
  });
  const sealed = await api.world.store.db.select().from(payloads);
  expect(sealed[0]!.content.includes(Buffer.from('words'))).toBe(false);
});

test('receiveHook cuts a sender that goes on for ever without keeping what it sends', async () => {
  await using api = await hooks({ one: hook({ maxBytes: 65_536 }) });
  for (const path of ['/hooks/one', '/hooks/none']) {
    const { status, sentBytes } = await flood(api.port, path, 1_073_741_824);
    expect(status).toBe(path === '/hooks/one' ? 413 : 404);
    expect(sentBytes).toBeLessThan(1_073_741_824);
  }
  expect((await api.deliver('github')).status).toBe(200);
});

/** Sends chunks until the other side ends the connection. */
function flood(port: number, path: string, most: number): Promise<{ status: number | undefined; sentBytes: number }> {
  return new Promise((resolve) => {
    let status: number | undefined;
    let sentBytes = 0;
    const chunk = Buffer.alloc(65_536, 'x');
    const call = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      path,
      headers: { 'transfer-encoding': 'chunked' },
    });
    call.on('response', (response) => {
      status = response.statusCode;
      response.resume();
    });
    call.on('error', () => undefined);
    call.on('close', () => resolve({ status, sentBytes }));
    const more = () => {
      if (call.destroyed || sentBytes >= most) return void call.end();
      sentBytes += chunk.length;
      // A pause between chunks: a sender that is merely slow must be cut as well.
      call.write(chunk, () => setTimeout(more, 1));
    };
    more();
  });
}

test('receiveHook takes so many requests in a minute, and the next one when the minute is over', async () => {
  await using api = await hooks({ one: hook({ perMinute: 3 }), two: hook({ perMinute: 3 }) });
  for (const secretOfStranger of Array(5).fill('another-secret')) {
    expect((await api.deliver('github', { secret: secretOfStranger })).status).toBe(401);
  }
  for (const id of ['a', 'b', 'c']) expect((await api.deliver('github', { id })).status).toBe(200);
  const over = await api.deliver('github', { id: 'd' });
  expect(over).toMatchObject({ status: 429, json: { code: 'tooMany' }, headers: { 'retry-after': '30' } });
  expect((await api.deliver('github', { id: 'd', path: '/hooks/two' })).status).toBe(200);
  api.world.clock.advance(30_000);
  expect((await api.deliver('github', { id: 'd' })).status).toBe(200);
  expect((await api.rows()).filter((row) => row.trigger === 'one')).toHaveLength(4);
});

test('receiveHook answers 503 while a start fails, and 200 when the repeat has started it', async () => {
  await using api = await hooks({ one: hook() });
  const away = makeDispatch({ ...api.world.deps, client: unreachableClient() });
  let dispatch = away;
  await using ill = await hooks(
    {},
    {
      ...{ files: api.world.deps.files, store: api.world.store },
      dispatch: { ...away, fireEvent: (event) => dispatch.fireEvent(event) },
    },
  );
  const failed = await ill.deliver('github', { at: api.world.clock.now() });
  expect(failed).toMatchObject({ status: 503, json: { code: 'temporalBusy' } });
  expect(failed.headers['retry-after']).toMatch(/^\d+$/);
  expect(await api.rows()).toHaveLength(1);
  dispatch = api.world.dispatch;
  const again = await ill.deliver('github', { at: api.world.clock.now() });
  expect(again).toMatchObject({ status: 200, json: { accepted: false } });
  const [row] = await api.rows();
  expect((await client.workflow.getHandle(row!.workflowId).describe()).status.name).toBe('RUNNING');
});

test('receiveHook answers 503 while the record is away, and 404 where the trigger has just gone', async () => {
  const gone = () => Promise.reject(new StewardError('storeBusy', 'Postgres does not answer'));
  await using busy = await hooks({ one: hook() }, { dispatch: { fireEvent: gone } as never });
  expect(await busy.deliver('github')).toMatchObject({ status: 503, json: { code: 'storeBusy' } });
  const notInForce = () => Promise.reject(new StewardError('notFound', 'There is no trigger "one" in force'));
  await using late = await hooks({ one: hook() }, { dispatch: { fireEvent: notInForce } as never });
  expect(await late.deliver('github')).toMatchObject({ status: 404, json: { detail: 'There is no POST /hooks/one' } });
});

test('receiveHook loses no event of a trigger whose neighbour at the same address has just gone', async () => {
  let fireEvent: Dispatch['fireEvent'] = () => Promise.reject(new Error('not yet'));
  const neighbours = { gone: hook({ path: 'repo' }), there: hook({ path: 'repo' }) };
  await using api = await hooks(neighbours, {
    dispatch: { fireEvent: (event: TriggerEvent) => fireEvent(event) } as never,
  });
  const notInForce = () => Promise.reject(new StewardError('notFound', 'There is no trigger in force'));
  fireEvent = (event) => (event.trigger === 'gone' ? notInForce() : api.world.dispatch.fireEvent(event));
  expect(await api.deliver('github', { path: '/hooks/repo' })).toMatchObject({ status: 200, json: { accepted: true } });
  expect((await api.rows()).map((row) => row.trigger)).toEqual(['there']);
  fireEvent = notInForce;
  expect((await api.deliver('github', { path: '/hooks/repo', id: 'd-2' })).status).toBe(404);
});

test('receiveHook limits each of several triggers at one address by itself, and only for what it lists', async () => {
  await using api = await hooks({
    few: hook({ path: 'repo', perMinute: 1, events: ['issues'] }),
    many: hook({ path: 'repo' }),
  });
  const statuses: number[] = [];
  for (const [id, type] of [...['a', 'b', 'c'].map((one) => [one, 'push']), ['d', 'issues'], ['e', 'issues']]) {
    statuses.push((await api.deliver('github', { path: '/hooks/repo', id: id!, type: type! })).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200]);
  const taken = Map.groupBy(await api.rows(), (row) => row.trigger);
  expect([taken.get('few')?.length, taken.get('many')?.length]).toEqual([1, 5]);
});

test('receiveHook counts only events that the file lists, also by their action', async () => {
  await using api = await hooks({ one: hook({ events: ['push', 'issues.opened'] }) });
  expect((await api.deliver('github', { id: 'a', type: 'push', body: '{}' })).json.accepted).toBe(true);
  expect((await api.deliver('github', { id: 'b', type: 'issues' })).json.accepted).toBe(true);
  const closed = await api.deliver('github', { id: 'c', type: 'issues', body: '{"action":"closed"}' });
  expect(closed).toMatchObject({ status: 200, json: { accepted: false } });
  expect(closed.json.fireId).toBeUndefined();
  expect(await api.rows()).toHaveLength(2);
  const metrics = await api.send('/metrics', { method: 'GET' });
  expect(metrics.bytes.toString()).toMatch(/steward_hook_requests_total\{result="ignored"\} [1-9]/);
});

test('receiveHook serves two triggers at one address, each with what it lists', async () => {
  await using api = await hooks({
    pushes: hook({ path: 'repo', events: ['push'] }),
    all: hook({ path: 'repo' }),
    foreign: hook({ path: 'repo', secret: 'of-someone-else' }),
  });
  await api.deliver('github', { path: '/hooks/repo', type: 'push', id: 'a' });
  await api.deliver('github', { path: '/hooks/repo', type: 'issues', id: 'b' });
  expect((await api.rows()).map((row) => row.trigger).sort()).toEqual(['all', 'all', 'pushes']);
});

test('receiveHook accepts old and new secret while one is being replaced', async () => {
  await using api = await hooks({ one: hook({ secret: [secret, 'the-new-secret'] }) });
  expect((await api.deliver('github', { id: 'a' })).status).toBe(200);
  expect((await api.deliver('github', { id: 'b', secret: 'the-new-secret' })).status).toBe(200);
  expect((await api.deliver('github', { id: 'a', secret: 'the-new-secret' })).json.accepted).toBe(false);
  api.world.use({ one: hook({ secret: 'the-new-secret' }) });
  expect((await api.deliver('github', { id: 'c' })).status).toBe(401);
  expect((await api.deliver('github', { id: 'd', secret: 'the-new-secret' })).status).toBe(200);
});

test('receiveHook gates on what a webhook says, and maps it to arguments', async () => {
  const file = {
    condition: 'event.body.issue.stars > 10 && event.type == "issues"',
    map: { title: 'event.body.issue.title', from: 'event.provider', by: 'event.headers["x-github-event"]' },
  };
  await using api = await hooks({ one: hook({}, file), bare: hook({}) });
  const body = (stars: number) => JSON.stringify({ issue: { stars, title: 'Grüße' } });
  expect((await api.deliver('github', { id: 'a', body: body(11) })).status).toBe(200);
  expect((await api.deliver('github', { id: 'b', body: body(10) })).status).toBe(200);
  const rows = await api.rows();
  expect(rows.map((row) => row.state)).toEqual(['open', 'skipped']);
  expect(argsOf(api.world.store, rows[0]!)).toEqual({ title: 'Grüße', from: 'github', by: 'issues' });

  await api.deliver('github', { id: 'c', path: '/hooks/bare', body: body(1) });
  api.world.clock.advance(1);
  await api.deliver('github', { id: 'd', path: '/hooks/bare', body: JSON.stringify('x'.repeat(32_767)) });
  const bare = await api.world.firesOf('bare');
  expect(argsOf(api.world.store, bare[0]!)).toEqual({
    event: { provider: 'github', type: 'issues', id: 'c' },
    body: { issue: { stars: 1, title: 'Grüße' } },
  });
  expect(argsOf(api.world.store, bare[1]!)).toEqual({ event: { provider: 'github', type: 'issues', id: 'd' } });
});

test('receiveHook never hands the proof itself to a flow', async () => {
  await using api = await hooks({
    one: {
      run: 'endless',
      when: { webhook: { provider: 'bearer', secret: secretFor('bearer') } },
      map: { all: 'event' },
    },
  });
  await api.deliver('bearer', { headers: { cookie: 'a=b', 'x-hub-signature': 'sig' } });
  const [row] = await api.rows();
  const { all } = argsOf(api.world.store, row!) as { all: { headers: object } };
  expect(Object.keys(all.headers).sort()).toEqual(['content-type', 'user-agent']);
});

test('receiveHook answers the challenge of Slack only where its signature holds', async () => {
  await using api = await hooks({
    one: { run: 'endless', when: { webhook: { provider: 'slack', secret: secretFor('slack') } } },
  });
  const body = '{"type":"url_verification","challenge":"3eZbrw1aB"}';
  const answered = await api.deliver('slack', { body });
  expect(answered).toMatchObject({ status: 200, headers: { 'content-type': expect.stringMatching(/^text\/plain/) } });
  expect(answered.bytes.toString()).toBe('3eZbrw1aB');
  expect((await api.deliver('slack', { body, secret: 'another-secret' })).status).toBe(401);
  expect(await api.rows()).toHaveLength(0);
  const event = await api.deliver('slack', { body: '{"type":"event_callback","event_id":"E1","event":{}}' });
  expect(event.status).toBe(200);
  expect(event.bytes).toHaveLength(0);
});

test('probeHook answers 200 for Trello and nothing for others', async () => {
  await using api = await hooks({
    board: {
      run: 'endless',
      when: { webhook: { provider: 'trello', secret: secretFor('trello'), callbackUrl: trelloCallback } },
    },
    one: hook(),
  });
  expect((await api.send('/hooks/board', { method: 'HEAD' })).status).toBe(200);
  expect((await api.send('/hooks/one', { method: 'HEAD' })).status).toBe(404);
  const body = '{"action":{"id":"a1","type":"updateCard"}}';
  expect((await api.deliver('trello', { path: '/hooks/board', body })).status).toBe(200);
  expect((await api.deliver('trello', { path: '/hooks/board', body })).json.accepted).toBe(false);
});

test('receiveHook reads forms, and answers chat services with what they can show', async () => {
  await using api = await hooks({
    one: { run: 'endless', when: { webhook: { provider: 'mattermost', secret: secretFor('mattermost') } } },
    teams: { run: 'endless', when: { webhook: { provider: 'teams', secret: secretFor('teams') } } },
  });
  const contentType = 'application/x-www-form-urlencoded';
  const body = `token=${secretFor('mattermost')}&post_id=p1&text=build+now`;
  const posted = await api.deliver('mattermost', { body, contentType });
  expect(posted.status).toBe(200);
  expect(posted.bytes).toHaveLength(0);
  expect(argsOf(api.world.store, (await api.rows())[0]!)).toMatchObject({ body: { text: 'build now', post_id: 'p1' } });
  expect((await api.deliver('mattermost', { body: 'token=wrong&post_id=p2', contentType })).status).toBe(401);
  const told = await api.deliver('teams', { path: '/hooks/teams', body: '{"type":"message","id":"1"}' });
  expect(told.json).toEqual({ type: 'message', text: 'Received' });
});

test('receiveHook knows a delivery of an empty body again, and keeps it as empty', async () => {
  await using api = await hooks({ one: hook({}, { condition: 'event.body == null' }) });
  const { json } = await api.deliver('github', { body: '' });
  expect((await api.deliver('github', { body: '' })).json.accepted).toBe(false);
  const path = `/api/v1/fires/${json.fireId}/payload`;
  const kept = await api.send(path, { method: 'GET', headers: { authorization: `Bearer ${token}` } });
  expect(kept).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
  const [row] = await api.world.store.db.select().from(fires).where(eq(fires.id, json.fireId));
  expect(row!.state).toBe('open');
});

test('receiveHook keeps a body of 25 MiB, the most a file may allow, byte for byte', async () => {
  await using api = await hooks({ one: hook({ maxBytes: 26_214_400 }) });
  const body = Buffer.alloc(26_214_400, 'x');
  const signed = signWebhook('github', { body, secret, at: api.world.clock.now(), id: 'big', type: 'push' });
  const headers = { ...signed, 'content-type': 'text/plain' };
  const one = await api.send('/hooks/one', { headers, body });
  expect(one.status).toBe(200);
  const path = `/api/v1/fires/${one.json.fireId}/payload`;
  const kept = await api.send(path, { method: 'GET', headers: { authorization: `Bearer ${token}` } });
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect(digest(kept.bytes)).toBe(digest(body));
});

test('receiveHook holds 64 MiB of bodies that never end, refuses more, and is free again when they are gone', async () => {
  await using api = await hooks({ one: hook({ maxBytes: 26_214_400 }) });
  const begun = [1, 2].map(() => begin(api.port, 25_000_000));
  await Promise.all(begun.map(({ sent }) => sent));
  const before = await counted(api, 'limited');
  const third = begin(api.port, 25_000_000);
  expect(await third.status).toBe(429);
  expect(third.retryAfter()).toBe('1');
  expect(await counted(api, 'limited')).toBe(before + 1);
  expect((await api.deliver('github', { id: 'small' })).status).toBe(200);
  for (const { end } of [...begun, third]) end();
  for (;;) {
    const next = begin(api.port, 25_000_000, true);
    const status = await next.status;
    next.end();
    if (status === 401) break;
    expect(status).toBe(429);
  }
});

test('receiveHook counts a body among those under way until it is answered', async () => {
  const [bothRead, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let reads = 0;
  const fireEvent = async () => {
    reads += 1;
    if (reads === 2) bothRead.resolve();
    await free.promise;
    return { fireId: 'fir_1', workflowId: 'w', accepted: true };
  };
  await using api = await hooks({ one: hook({ maxBytes: 26_214_400 }) }, { dispatch: { fireEvent } as never });
  const large = (id: string) => api.deliver('github', { body: 'x'.repeat(25_000_000), contentType: 'text/plain', id });
  const held = ['a', 'b'].map(large);
  await bothRead.promise;
  expect((await large('c')).status).toBe(429);
  free.resolve();
  for (const one of held) expect((await one).status).toBe(200);
  expect((await large('d')).status).toBe(200);
  const before = await counted(api, 'tooLarge');
  expect((await api.deliver('github', { body: 'x'.repeat(26_214_401) })).status).toBe(413);
  expect(await counted(api, 'tooLarge')).toBe(before + 1);
});

/** Requests to hooks so far that became this. */
async function counted(api: Hooks, result: string): Promise<number> {
  const text = (await api.send('/metrics', { method: 'GET' })).bytes.toString();
  return Number(new RegExp(`^steward_hook_requests_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** Begins a body and, unless `whole`, leaves it at that. */
function begin(port: number, bytes: number, whole = false) {
  const call = request({ port, host: '127.0.0.1', method: 'POST', path: '/hooks/one' });
  call.on('error', () => undefined);
  let retryAfter: string | undefined;
  const status = new Promise<number | undefined>((resolve) => {
    call.on('response', (response) => {
      retryAfter = response.headers['retry-after'];
      resolve(response.statusCode);
      response.resume();
    });
  });
  const sent = new Promise<void>((resolve) => call.write(Buffer.alloc(bytes, 'x'), () => resolve()));
  if (whole) call.end();
  return { status, sent, retryAfter: () => retryAfter, end: () => call.destroy() };
}
