// What was done is shown as habits, by command, by the API beneath it and as a picture; and what was taken back is none of it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureApiAccount } from '../../../store/accounts/api-account.ts';
import { acceptMessages } from '../../../store/conversations/accept-messages.ts';
import { type ApiWorld, apiToken, apiWorld } from '../../support/api-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let world: ApiWorld;
const folder = mkdtempSync(join(tmpdir(), 'steward-habits-'));
const now = '2026-11-27T12:00:00Z';
beforeAll(async () => {
  server = await temporal();
  world = await apiWorld((await ownNamespace(server)).client, now);
});
afterAll(async () => {
  for (const one of [world, server]) await one[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function say(text: string, daysAgo: number, minute: number) {
  const { store, personId } = world;
  const { id: accountId } = await ensureApiAccount(store, personId);
  const thread = { key: '', kind: 'direct', address: '' } as const;
  const midnight = Date.parse('2026-11-27T00:00:00Z') - daysAgo * 86_400_000;
  const at = new Date(midnight + minute * 60_000).toISOString();
  const dedupeKey = `${text} ${at}`;
  const message = { dedupeKey, thread, from: 'me', text, at, addressed: true };
  await acceptMessages(store, { accountId, personId, channel: 'api' }, [message]);
  return dedupeKey;
}

test('steward habits shows what was done again and again, and draws it', async () => {
  expect((await world.steward('habits')).out).toContain('Nothing was done yet');
  for (let day = 20; day >= 0; day -= 1) {
    await say('/status', day, 8 * 60);
    await say(`/runs ${day}`, day, 8 * 60 + 2);
    await say('how are you?', day, 8 * 60 + 5);
  }
  const { out } = await world.steward('habits');
  expect(out).toMatch(/\/status +each day about 08:00 +21 of 21/);
  expect(out).toContain('/status → /runs, 21 times');
  expect(out).toMatch(/Next: \/status \d+ %/);
  const view = JSON.parse((await world.steward('habits', '--json')).out);
  expect(view).toMatchObject({ zone: 'UTC', happenings: 63, habits: [{ kind: 'daily' }, { kind: 'daily' }] });
  const file = join(folder, 'habits.svg');
  expect((await world.steward('habits', '--svg', file)).out).toContain(file);
  expect(readFileSync(file, 'utf8')).toMatch(/^<svg [\s\S]*each day about 08:00[\s\S]*<\/svg>\n$/);
});

test('what was taken back is no habit, and nobody sees habits without the token', async () => {
  const key = await say('/forgetme', 0, 9 * 60);
  const has = async () => (await world.steward('habits', '--json')).out.includes('/forgetme');
  expect(await has()).toBe(true);
  const { store, personId } = world;
  const { id: accountId } = await ensureApiAccount(store, personId);
  const right = { accountId, personId, channel: 'api' };
  await acceptMessages(store, right, [], undefined, [{ dedupeKey: key, by: 'me' }]);
  expect(await has()).toBe(false);
  for (const path of ['/api/v1/habits', '/api/v1/habits/picture', '/api/v1/memory/picture']) {
    const asked = (headers: Record<string, string>) => fetch(`http://127.0.0.1:${world.apiPort}${path}`, { headers });
    expect((await asked({})).status).toBe(401);
    expect((await asked({ authorization: `Bearer ${apiToken}` })).status).toBe(200);
  }
});

test('steward memory draw shows how many facts there were day by day', async () => {
  const file = join(folder, 'memory.svg');
  await world.steward('memory', 'draw', file);
  expect(readFileSync(file, 'utf8')).toContain('Nothing was told yet');
  for (const text of ['One', 'Two', 'Three']) await world.steward('memory', 'remember', text);
  const [first] = JSON.parse((await world.steward('memory', '--json')).out).facts;
  await world.steward('memory', 'forget', first.id);
  await world.steward('memory', 'draw', file);
  expect(readFileSync(file, 'utf8')).toContain('2 facts are believed, of 4 versions that were ever told');
});
