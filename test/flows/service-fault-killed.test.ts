/**
 * - A worker that is killed while the action of a fault is under way never makes the call again: what became of it is
 *   `unknown`, and shown. The fault is handled further all the same.
 * - The clean twin: a call that was refused before it began is made again, up to `attempts`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../workers/home/free-port.ts';
import { faultServer } from '../support/fault-server.ts';
import { testHome } from '../support/home.ts';
import { testService } from '../support/service.ts';
import { eventually, startWorld, withBox } from '../support/world.ts';

const program = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

const file = (url: string, action: string) => `run: serviceFault
when: { http: { url: "${url}/", timeout: 2s } }
deliver: [mail:box]
fault:
  service: shop
  action: ${action}
  verify: { every: 200ms, healthy: 1, within: 60s }
  flapping: 500ms
`;

interface Incidents {
  readonly incidents: readonly { readonly id: string; readonly state: string }[];
}

test('serviceFault() never calls its action again after its worker was killed in the middle of it', async () => {
  await using service = await testService();
  service.status = 503;
  // It takes the call and never answers.
  service.onRestart = () => undefined;
  await using home = await testHome({ program });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home.root, path)), { recursive: true });
    writeFileSync(join(home.root, path), text);
  };
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(home.root, 'Mail', part), { recursive: true });
  write('channels/box.yaml', `kind: maildir\naddresses: [me@box.example]\npath: ${join(home.root, 'Mail')}\n`);
  write(
    'triggers/shop.yaml',
    file(service.url, `{ name: restart, http: { url: "${service.url}/restart", timeout: 5m } }`),
  );
  expect(await home.steward('up', '--detach')).toMatchObject({ code: 0 });
  const token = readFileSync(join(home.root, 'data/api-token'), 'utf8').trim();
  const ask = async <T>(path: string, method = 'GET') => {
    const answer = await fetch(`${home.state().urls.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    });
    return (await answer.json()) as T;
  };
  await ask('/api/v1/triggers/shop/fire', 'POST');
  await eventually(() => service.restarts.length === 1 || undefined, 60_000);
  const killed = home.pidOf('steward');
  process.kill(killed, 'SIGKILL');
  await home.back('steward', killed);
  const unknown = await eventually(async () => {
    const { effects } = await ask<{ effects: { id: string; state: string; kind: string }[] }>('/api/v1/outbox').catch(
      () => ({ effects: [] }),
    );
    return effects.find(({ kind, state }) => kind === 'call' && state === 'unknown');
  }, 120_000);
  expect(service.restarts).toEqual([unknown.id]);
  service.status = 200;
  const { id } = await eventually(async () => {
    const { incidents } = await ask<Incidents>('/api/v1/incidents');
    return incidents.find(({ state }) => state === 'closed');
  }, 60_000);
  const shown = await home.steward('incidents', 'show', id);
  expect(shown.out).toContain('it is not known whether it happened, so it is not called again');
  expect(service.restarts).toHaveLength(1);
  const listed = await home.steward('incidents', '--json');
  expect(JSON.parse(listed.out)).toMatchObject([{ id, state: 'closed' }]);
  expect((await home.steward('incidents', 'ack', 'inc_none')).code).toBe(1);
}, 300_000);

test('serviceFault() makes a call again that was refused before it began, under the same key', async () => {
  await using service = await testService();
  service.status = 503;
  const [port] = await freePorts(1);
  const action = `{ name: restart, http: { url: "http://127.0.0.1:${port}/restart" }, attempts: 5, wait: 1s }`;
  await using world = await startWorld({ files: { 'triggers/shop.yaml': file(service.url, action) } });
  await withBox(world);
  const { fireId } = await world.steward().dispatch.fireNow({ trigger: 'shop', requestId: 'one' });
  const attempted = await eventually(async () => {
    const { effects } = (await (await world.ask('/api/v1/outbox')).json()) as {
      effects: { id: string; kind: string; state: string; attempt: number }[];
    };
    return effects.find(({ kind, state, attempt }) => kind === 'call' && state === 'queued' && attempt >= 1);
  });
  await using late = await faultServer({ port: port! });
  await eventually(() => late.requests.length > 0 || undefined);
  service.status = 200;
  await eventually(async () => {
    const fire = (await (await world.ask(`/api/v1/fires/${fireId}`)).json()) as { state: string };
    return fire.state !== 'open' || undefined;
  });
  expect(late.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([attempted.id]);
}, 120_000);
