// - The API says in words what a trigger in force does, to whoever may read; it starts nothing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, apiToken, apiWorld } from '../../support/api-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let world: ApiWorld;
beforeAll(async () => {
  server = await temporal();
  world = await apiWorld((await ownNamespace(server)).client, '2026-03-01T06:30:00Z');
  const when = { schedule: '0 * * * *', timezone: 'UTC' };
  world.use({ hourly: { run: 'noop', when, missed: { policy: 'none' }, condition: 'now.getHours() > 6' } });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const get = (name: string, headers: Record<string, string> = { authorization: `Bearer ${apiToken}` }) =>
  fetch(`http://127.0.0.1:${world.apiPort}/api/v1/triggers/${name}/explain`, { headers });

test('GET explain says what a trigger does', async () => {
  const answer = await get('hourly');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    ...{ name: 'hourly', kind: 'schedule', inForce: true, picture: '0 * * * * -> condition -> noop', notes: [] },
    next: ['2026-03-01T07:00:00.000Z', '2026-03-01T08:00:00.000Z', '2026-03-01T09:00:00.000Z'],
  });
  expect(await world.firesOf('hourly')).toEqual([]);
});

test('GET explain knows no trigger that is not there, and nobody without the token', async () => {
  expect((await get('unknown')).status).toBe(404);
  expect((await get('hourly', {})).status).toBe(401);
});

test('accountSlots() asks the condition at the time of the clock', async () => {
  await world.dispatch.accountSlots('hourly');
  world.clock.set('2026-03-01T07:00:10Z');
  await world.dispatch.accountSlots('hourly');
  expect(await world.firesOf('hourly')).toMatchObject([{ dueAt: new Date('2026-03-01T07:00:00Z'), state: 'open' }]);
});
