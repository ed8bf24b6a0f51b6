// - `explain` and `test` work for a file anywhere, without a home and without a running Steward; they start nothing.
// - A request to a webhook is proven where its headers come along; what is broken names file, line and column.
import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'rehearse-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function steward(
  words: string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<{ code: number; out: string; err: string }> {
  const all = { PATH: process.env.PATH ?? '', STEWARD_HOME: join(home, 'none'), TZ: 'UTC', NO_COLOR: '1', ...env };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'trigger', ...words], { env: all }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin?.end(input);
  });
}

function write(name: string, text: string): string {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
}

const mail = `run: emailDigest
when: { mail: { from: '@example\\.org>$' } }
condition: event.subject.matches("(?i)invoice") && now.getHours("Europe/Berlin") < 20
map: { who: event.from.address }
deliver: [mail:me]
`;
const invoice = JSON.stringify({
  ...{ kind: 'mail', inboxId: 'inb_1', account: 'home', folder: 'INBOX', unread: true, subject: 'Your Invoice' },
  ...{ receivedAt: '2026-03-27T12:00:00Z', from: { name: '', address: 'a@example.org' }, to: [], cc: [] },
  ...{ class: 'person', proven: false, listId: '', attachments: [] },
});

test('steward trigger explain says in words what a file does', async () => {
  const path = write('post.yaml', mail);
  const { code, out } = await steward(['explain', path]);
  expect(code).toBe(0);
  expect(out).toMatch(/^post: mail from @example.* -> condition -> emailDigest -> mail:me\n/);
  expect(out).toContain('  arguments  who = event.from.address\n');
  const shown = JSON.parse((await steward(['explain', path, '--json'])).out);
  expect(shown).toMatchObject({ name: 'post', kind: 'mail', run: 'emailDigest', inForce: true, next: [], notes: [] });
});

test('steward trigger explain shows the next slots on the owner’s clocks', async () => {
  mkdirSync(join(home, 'full/triggers'), { recursive: true });
  writeFileSync(join(home, 'full/steward.yaml'), 'owner: { timezone: America/New_York }\n');
  writeFileSync(
    join(home, 'full/triggers/daily.yaml'),
    'run: noop\nwhen: { schedule: 0 7 * * * }\nmissed: { policy: none }\n',
  );
  const { out } = await steward(['explain', 'daily'], { env: { STEWARD_HOME: join(home, 'full') } });
  expect(out.match(/^ {4}\w{3} \d{4}-\d\d-\d\d 07:00:00 GMT-0[45]:00$/gm)).toHaveLength(3);
});

test.each(['explain', 'test'])('steward trigger %s names file, line and column of what is wrong', async (word) => {
  const path = write('bad.yaml', 'run: noop\nwhen: { mail: {} }\ncondition: evnt.subject == "a"\n');
  const { code, err } = await steward([word, path]);
  expect(code).toBe(1);
  expect(err).toContain(`${path}:3:12`);
  expect(err).toContain('column 1: there is no evnt, expected one of event, state, now, did you mean event');
  expect((await steward([word, join(home, 'no.yaml')])).err).toContain('There is no file');
});

test('steward trigger test goes through all steps with an event from stdin', async () => {
  const path = write('post.yaml', mail);
  const at = ['--at', '2026-03-27T12:00:00Z', '--event', '-'];
  const { code, out } = await steward(['test', path, ...at], { input: invoice });
  expect(code).toBe(0);
  expect(out).toMatch(/^would run emailDigest\n/);
  expect(out).toContain('  arguments  {"who":"a@example.org"}\n');
  expect(out).toContain('mail-inb_1, priority normal, tells mail:me');
  const late = await steward(['test', path, '--at', '2026-03-27T20:00:00Z', '--event', '-', '--json'], {
    input: invoice,
  });
  expect(JSON.parse(late.out)).toMatchObject({ verdict: 'skipped', why: 'its condition does not hold' });
  const other = await steward(['test', path, ...at], { input: invoice.replace('a@example.org', 'a@else.example') });
  expect(other.out).toMatch(/^would be no fire: the mail is not what/);
});

test('steward trigger test makes an event up where none is given, and takes state along', async () => {
  const path = write(
    's.yaml',
    'run: noop\nwhen: { mail: {} }\ncondition: { if: state.n > 1, keep: { n: state.n + 1 } }\n',
  );
  const told = JSON.parse((await steward(['test', path, '--state', '{"n":2}', '--json'])).out);
  expect(told).toMatchObject({ verdict: 'run', state: { n: 3 }, source: 'made up; give one by --event' });
});

const hook = `run: noop
when: { webhook: { provider: github, secret: "\${env:HOOK}", events: [push] } }
condition: event.body.ref == "refs/heads/main"
map: { by: event.body.pusher }
`;
const body = '{"ref":"refs/heads/main","pusher":"ann"}';
const signed = (text: string, event = 'push') => [
  ...['--header', `X-Hub-Signature-256=sha256=${createHmac('sha256', 'hush-hush').update(text).digest('hex')}`],
  ...[
    '--header',
    `X-GitHub-Event: ${event}`,
    '--header',
    'X-GitHub-Delivery=1',
    '--header',
    'content-type=application/json',
  ],
];

test('steward trigger test proves a request to a webhook by its headers', async () => {
  const [path, file] = [write('hook.yaml', hook), write('body.json', body)];
  const env = { HOOK: 'hush-hush' };
  const run = async (...words: string[]) =>
    JSON.parse((await steward(['test', path, '--json', ...words], { env })).out);
  expect(await run('--event', file, ...signed(body))).toMatchObject({
    ...{ verdict: 'run', args: { by: 'ann' }, source: 'as given; its sender proves itself' },
    event: { provider: 'github', type: 'push', deliveryId: '1' },
  });
  expect(await run('--event', file, ...signed(`${body} `))).toMatchObject({
    ...{ verdict: 'ignored', why: 'the sender does not prove itself: wrong signature' },
  });
  expect(await run('--event', file, ...signed(body, 'issues'))).toMatchObject({
    ...{ verdict: 'ignored', why: 'its type is not among push' },
  });
  const bare = await run('--event', file);
  expect(bare).toMatchObject({ verdict: 'run', source: expect.stringContaining('taken as proven, since no --header') });
  const stored = write('stored.yaml', hook.replace('env:HOOK', 'secret:hook'));
  const told = JSON.parse((await steward(['test', stored, '--json', '--event', file, ...signed(body)])).out);
  expect(told.source).toContain('only a running Steward can open its secret');
});

test('steward trigger test refuses options that cannot be meant', async () => {
  const path = write('post.yaml', mail);
  for (const words of [
    ['--event', join(home, 'none.json')],
    ['--state', '[1]'],
    ['--state', '{'],
    ['--at', 'noon'],
    ['--header', 'x=1'],
    ['--header', 'no value'],
  ]) {
    expect(await steward(['test', path, ...words])).toMatchObject({ code: 2 });
  }
});
