// - Each command does through a real API and a real ledger what it says, and says how things are afterwards.
// - What is paused is shown loudly; what cannot be meant is wrong use before anything is asked.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit } from '../../../schemas/db/records.ts';
import { type ApiWorld, apiWorld, apiToken as token } from '../../support/api-world.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let world: ApiWorld;
beforeAll(async () => {
  server = await temporal();
  world = await apiWorld((await ownNamespace(server)).client, '2026-03-01T06:30:00Z');
  const when = { schedule: '0 * * * *', timezone: 'UTC' };
  world.use({
    report: { run: 'endless', when, missed: { policy: 'none' } },
    post: { run: 'endless', when: { mail: {} } },
  });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const steward = (...words: string[]) => world.steward(...words);
const send = (path: string, body?: object, headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
  fetch(`http://127.0.0.1:${world.apiPort}/api/v1/triggers/${path}`, {
    method: 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('steward trigger pause and resume say so, and the list is loud about it', async () => {
  const paused = await steward('trigger', 'pause', 'report', '--reason', 'on holiday');
  expect(paused).toMatchObject({ code: 0, out: 'report: paused by owner since 2026-03-01T06:30:00.000Z\n' });
  await steward('trigger', 'skip', 'post', '--count', '2');
  const listed = await steward('trigger', 'list');
  expect(listed.out).toMatch(/^report .*PAUSED/m);
  expect(listed.out).toMatch(/^post .*\(skipped, 2 in all\)/m);
  expect(listed.out).toContain(
    'report is paused by owner since Sun 2026-03-01 06:30:00 GMT+00:00: on holiday\n  steward trigger resume report',
  );
  const shown = JSON.parse((await steward('trigger', 'list', '--json')).out);
  expect(shown.triggers).toMatchObject([
    { name: 'report', paused: { by: 'owner', since: '2026-03-01T06:30:00.000Z', reason: 'on holiday' } },
    { name: 'post', skipNext: 2 },
  ]);
  expect((await steward('trigger', 'resume', 'report')).out).toBe('report: in force\n');
  expect((await steward('trigger', 'skip', 'post', '--count', '0')).out).toBe('post: in force\n');
  expect((await steward('trigger', 'list')).out).not.toMatch(/PAUSED|paused|skipped/);
});

test('steward trigger backfill lists with --dry-run, and fires without it', async () => {
  const range = ['--from', '2026-03-01T01:00:00Z', '--to', '2026-03-01T04:30:00Z', '--max', '3'];
  const dry = await steward('trigger', 'backfill', 'report', ...range, '--dry-run');
  expect(dry.out).toBe(
    `${[
      'would run, in this order:',
      ...['01', '02', '03'].map((hour) => `  2026-03-01T${hour}:00:00.000Z`),
      '1 more did not run; give a larger --max',
    ].join('\n')}\n`,
  );
  expect(await world.firesOf('report')).toEqual([]);
  const done = JSON.parse((await steward('trigger', 'backfill', 'report', ...range, '--json')).out);
  expect(done.slots.map((slot: { fireId: string }) => slot.fireId)).toEqual(
    (await world.firesOf('report')).map(({ id }) => id),
  );
  const future = await steward('trigger', 'backfill', 'report', '--from', '2026-03-01', '--to', '2026-03-02');
  expect(future).toMatchObject({ code: 2, err: expect.stringContaining('which is in the future') });
  const mail = await steward('trigger', 'backfill', 'post', ...range);
  expect(mail).toMatchObject({ code: 2, err: expect.stringContaining('has no slots') });
});

test('steward trigger skip, pause and backfill refuse what cannot be meant', async () => {
  const wrong = [
    ['skip', 'report', '--count', '1001'],
    ['skip', 'report', '--count', 'many'],
    ['backfill', 'report', '--from', 'monday', '--to', '2026-03-01'],
    ['backfill', 'report', '--from', '2026-03-01', '--to', '2026-03-01', '--max', '0'],
    ['backfill', 'report', '--from', '2026-03-01'],
  ];
  for (const words of wrong) expect(await steward('trigger', ...words)).toMatchObject({ code: 2 });
  expect(await steward('trigger', 'pause', 'unknown')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no trigger "unknown"'),
  });
});

test.each(['pause', 'resume', 'skip', 'backfill'])(
  'POST %s acts for whoever holds the token and nobody else',
  async (word) => {
    const before = await world.store.db.$count(audit);
    expect((await send(`report/${word}`, undefined, {})).status).toBe(401);
    expect((await send(`report/${word}`, { unknown: 1 }, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect(await world.store.db.$count(audit)).toBe(before);
    const body = word === 'backfill' ? { from: '2026-03-01T05:00:00Z', to: '2026-03-01T06:00:00+01:00' } : undefined;
    const done = await send(`report/${word}`, body);
    expect(done.status).toBe(word === 'backfill' ? 202 : 200);
    if (word === 'backfill') {
      const key = { authorization: `Bearer ${token}`, 'idempotency-key': 'mine' };
      const [first, again] = [await send(`report/${word}`, body, key), await send(`report/${word}`, body, key)];
      expect(await first.json()).toMatchObject({ requestId: 'mine' });
      expect(await again.json()).toMatchObject({ requestId: 'mine' });
    }
  },
);

test('POST pause, skip and backfill refuse shapes that they do not know', async () => {
  const bad: [string, object][] = [
    ['pause', { reason: '' }],
    ['pause', { reason: 'x'.repeat(501) }],
    ['skip', { count: 1_001 }],
    ['skip', { count: '2' }],
    ['backfill', { from: 'yesterday', to: '2026-03-01T05:00:00Z' }],
    ['backfill', { from: '2026-03-01T05:00:00Z' }],
  ];
  for (const [word, body] of bad) expect((await send(`report/${word}`, body)).status).toBe(400);
  expect((await send('report/pause', { reason: 'x'.repeat(500) })).status).toBe(200);
  expect((await send('unknown/pause', {})).status).toBe(404);
});
