// - Slots are shown without a home and without a running Steward; what is wrong names file, line and column.
// - A fire is asked for once, waited for, and its ending is the exit code.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function steward(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  const options = { env: { PATH: process.env.PATH ?? '', STEWARD_HOME: join(home, 'none'), TZ: 'UTC', ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

test('steward trigger next reads a file anywhere and prints RFC 3339 instants', async () => {
  const path = join(home, 'dst.yaml');
  writeFileSync(
    path,
    'run: mine\nwhen: { schedule: "30 2 * * *", timezone: Europe/Berlin }\nmissed: { policy: none }\n',
  );
  const shown = await steward(['trigger', 'next', path, '--from', '2026-03-28T00:00:00Z', '--count', '3', '--json']);
  expect(JSON.parse(shown.out)).toEqual(['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z', '2026-03-30T00:30:00Z']);
  const human = await steward(['trigger', 'next', path, '--from', '2026-03-28T00:00:00Z', '--count', '2']);
  expect(human.out).toContain('Sun 2026-03-29 03:00:00 GMT+02:00');
});

test.each([
  ['{ every: 90m }', ['2026-03-28T01:30:00Z', '2026-03-28T03:00:00Z']],
  ['{ every: 36h, start: "2026-03-28T00:00:00+01:00" }', ['2026-03-29T11:00:00Z', '2026-03-30T23:00:00Z']],
  ['{ at: 2026-03-29T02:30:00, timezone: Europe/Berlin }', ['2026-03-29T01:00:00Z']],
  ['{ at: 2026-10-25T02:30, timezone: Europe/Berlin }', ['2026-10-25T00:30:00Z']],
  ['{ at: 2026-12-24T18:00:00+01:00 }', ['2026-12-24T17:00:00Z']],
  ['{ at: 2020-12-24T18:00:00+01:00 }', []],
  ['{ schedule: "@every 1h30m" }', ['2026-03-28T01:30:00Z', '2026-03-28T03:00:00Z']],
  [
    '{ schedule: "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17", timezone: UTC }',
    ['2026-04-24T17:00:00Z', '2026-05-29T17:00:00Z'],
  ],
  [
    '{ rrule: "FREQ=WEEKLY;INTERVAL=2;COUNT=7", start: 2026-01-06T08:00:00, timezone: Europe/Berlin }',
    ['2026-03-31T06:00:00Z'],
  ],
])('steward trigger next shows the slots of %s, and fewer where it ends', async (when, expected) => {
  const path = join(home, 'form.yaml');
  writeFileSync(path, `run: mine\nwhen: ${when}\nmissed: { policy: none }\n`);
  const { out, err } = await steward([
    'trigger',
    'next',
    path,
    '--from',
    '2026-03-28T00:00:00Z',
    '--count',
    '2',
    '--json',
  ]);
  expect({ err, slots: JSON.parse(out) as unknown }).toEqual({ err: '', slots: expected });
});

test('steward trigger next ends with until, says so, and shows the owner’s zone beside that of the schedule', async () => {
  const path = join(home, 'until.yaml');
  const text = 'run: mine\nwhen: { schedule: "0 8 * * *", timezone: Asia/Tokyo }\nmissed: { policy: none }\n';
  writeFileSync(path, `${text}until: 2026-03-28T23:00:00Z\n`);
  const { out } = await steward(['trigger', 'next', path, '--from', '2026-03-27T12:00:00Z']);
  expect(out).toBe(
    [
      'at 08:00 every day, Asia/Tokyo, until 2026-03-28T23:00:00Z',
      '  Fri 2026-03-27 23:00:00 GMT+00:00  (Sat 2026-03-28 08:00:00 GMT+09:00 Asia/Tokyo)',
      '  Sat 2026-03-28 23:00:00 GMT+00:00  (Sun 2026-03-29 08:00:00 GMT+09:00 Asia/Tokyo)',
      '  none after that',
      '',
    ].join('\n'),
  );
});

test('steward trigger next says when a trigger without slots fires, and where a rule is wrong', async () => {
  const path = join(home, 'kind.yaml');
  writeFileSync(path, 'run: mine\nwhen: { file: { path: ~/in } }\n');
  const { code, err } = await steward(['trigger', 'next', path]);
  expect(code).toBe(2);
  expect(err).toContain('has no slots: it fires when the path that it watches changes');
  writeFileSync(path, 'run: mine\nwhen:\n  rrule: FREQ=DAILY;BYHUOR=8\nmissed: { policy: none }\n');
  expect((await steward(['trigger', 'next', path])).err).toMatch(
    /kind.yaml:3:10: .*Unknown part "BYHUOR".*did you mean BYHOUR/,
  );
  expect((await steward(['trigger', 'next', path, '--from', 'soon'])).code).not.toBe(0);
});

test('steward trigger next says where a file is wrong', async () => {
  const path = join(home, 'bad.yaml');
  writeFileSync(path, 'run: mine\nwhen:\n  schedule: "0 0 30 2 *"\nmissed: { policy: none }\n');
  const { code, err } = await steward(['trigger', 'next', path]);
  expect(code).toBe(1);
  expect(err).toContain(`${path}:3:13`);
  expect(err).toContain('never happens: February has no day 30');
  expect((await steward(['trigger', 'next', join(home, 'none.yaml')])).err).toContain('There is no file');
  expect((await steward(['trigger', 'next', path, '--count', 'x'])).code).toBe(2);
});

test('steward trigger list reads the files where no Steward runs', async () => {
  const root = join(home, 'listed');
  mkdirSync(join(root, 'triggers'), { recursive: true });
  writeFileSync(join(root, 'triggers/a.yaml'), 'run: noop\nwhen: { schedule: "@daily" }\nmissed: { policy: none }\n');
  writeFileSync(join(root, 'triggers/b.yaml'), 'run: nop\nwhen: { mail: {} }\n');
  const { code, out } = await steward(['trigger', 'list', '--json'], { STEWARD_HOME: root });
  expect(code).toBe(4);
  const listing = JSON.parse(out) as { triggers: object[]; faults: object[] };
  expect(listing.triggers).toMatchObject([{ name: 'a', run: 'noop', when: '@daily' }]);
  expect(listing.faults).toMatchObject([{ path: 'triggers/b.yaml', line: 1, column: 6 }]);
});

test('steward trigger run --wait asks once, waits, and fails where the fire failed', async () => {
  const asked: {
    method: string | undefined;
    url: string | undefined;
    authorization: string | undefined;
    body: string;
  }[] = [];
  const api = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, authorization: headers.authorization, body });
      response.setHeader('content-type', 'application/json');
      if (method === 'POST') return response.writeHead(202).end('{"fireId":"fir_1","workflowId":"w","accepted":true}');
      const state = asked.length < 4 ? 'open' : 'failed';
      return response.end(JSON.stringify({ id: 'fir_1', state, reason: 'mailBusy' }));
    });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const env = { STEWARD_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, STEWARD_API_TOKEN: 'tok' };
  const { code, out } = await steward(['trigger', 'run', 'a', '--arg', 'k=v=w', '--request-id', 'r', '--wait'], env);
  api.close();
  expect(out).toBe('failed: mailBusy\nfire: fir_1\n');
  expect(code).toBe(1);
  expect(asked[0]).toEqual({
    method: 'POST',
    url: '/api/v1/triggers/a/fire',
    authorization: 'Bearer tok',
    body: JSON.stringify({ requestId: 'r', args: { k: 'v=w' } }),
  });
  expect(asked.filter((one) => one.method === 'POST')).toHaveLength(1);
});

test('steward runs shows endings with their reason, and refuses an ending that is none', async () => {
  const run = {
    id: 'fir_1',
    trigger: 'a',
    flow: 'noop',
    state: 'missed',
    reason: 'policy none',
    dueAt: '2026-03-01T08:00:00.000Z',
  };
  const urls: (string | undefined)[] = [];
  const api = createServer((request, response) => {
    urls.push(request.url);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ runs: [run] }));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const env = { STEWARD_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`, STEWARD_API_TOKEN: 'tok' };
  const { out } = await steward(['runs', '--trigger', 'a', '--ending', 'missed'], env);
  api.close();
  expect(out).toMatch(/fir_1 +a +noop +2026-03-01T08:00:00Z +missed +policy none/);
  expect(urls).toEqual(['/api/v1/runs?limit=20&trigger=a&state=missed']);
  expect((await steward(['runs', '--ending', 'gone'], env)).code).toBe(2);
});
