// - A trigger that a program wrote is in force at the answer, in a whole Steward, and still after a restart.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';

const hourly = (more = '') =>
  `run: noop\nwhen: { schedule: "0 * * * *", timezone: UTC }\nmissed: { policy: none }\n${more}`;
let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 120_000);
afterAll(() => world[Symbol.asyncDispose]());

const file = (method: string, headers: Record<string, string>, body?: string) =>
  fetch(`http://127.0.0.1:${world.steward().apiPort}/api/v1/triggers/written/file`, {
    method,
    headers: { authorization: `Bearer ${world.token}`, 'content-type': 'text/plain', ...headers },
    ...(body === undefined ? {} : { body }),
  });
const listed = async () =>
  ((await (await world.ask('/api/v1/triggers')).json()) as { triggers: { name: string; priority: string }[] }).triggers;

test('PUT /file is in force at the answer and after a restart, and so is DELETE', async () => {
  const put = await file('PUT', { 'if-none-match': '*' }, hourly());
  expect(put.status).toBe(201);
  expect(await listed()).toMatchObject([{ name: 'written', priority: 'normal' }]);
  await world.fire('written');
  const etag = put.headers.get('etag')!;
  const changed = await file('PUT', { 'if-match': etag }, hourly('priority: high\n'));
  expect(changed.status).toBe(200);
  expect(await listed()).toMatchObject([{ name: 'written', priority: 'high' }]);
  expect((await file('PUT', { 'if-match': etag }, hourly('priority: low\n'))).status).toBe(412);
  const now = changed.headers.get('etag')!;
  expect((await file('PUT', { 'if-match': now }, hourly('priority: lwo\n'))).status).toBe(422);
  await world.restart();
  expect(await listed()).toMatchObject([{ name: 'written', priority: 'high' }]);
  // A broken hand edit serves the text that was put; it is what is mended from.
  const path = join(world.home, 'triggers/written.yaml');
  expect(readFileSync(path, 'utf8')).toBe(hourly('priority: high\n'));
  writeFileSync(path, 'run: [');
  await world.restart();
  expect(await listed()).toMatchObject([{ name: 'written', priority: 'high' }]);
  const broken = (await file('GET', {})).headers.get('etag')!;
  expect((await file('PUT', { 'if-match': broken }, hourly('priority: low\n'))).status).toBe(200);
  expect(await listed()).toMatchObject([{ name: 'written', priority: 'low' }]);
  expect((await file('DELETE', { 'if-match': '*' })).status).toBe(200);
  expect(await listed()).toEqual([]);
}, 180_000);
