/*
 * - An account is saved only after its login was tried, and its password lies in a file of its own, mode 0600.
 * - A mail is explained without a home, a network or a running Steward.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dovecot, type TestDovecot } from '../../support/dovecot.ts';
import { sampleMail } from '../../support/mail-samples.ts';
import { matrixFarSide } from '../../support/matrix-far-side.ts';
import { smtpSink } from '../../support/smtp-faults.ts';
import { xmppFarSide } from '../../support/xmpp-far-side.ts';

function scratch() {
  const home = mkdtempSync(join(tmpdir(), 'steward-cli-'));
  return { home, [Symbol.dispose]: () => rmSync(home, { recursive: true }) };
}

async function steward(
  home: string,
  args: string[],
  input = '',
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, ['cli/main.ts', ...args], { env: { ...process.env, STEWARD_HOME: home } });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const mailFlags = (server: TestDovecot) => [
  ...['channel', 'add', 'mail', 'home', '--address', 'me@mail.test', '--password-stdin', '--ca', server.caFile],
  ...['--server-name', 'localhost', '--imap-host', '127.0.0.1', '--imap-port', String(server.imapsPort)],
];

test('steward channel add mail tries IMAP and SMTP, saves, lists and tests again', async () => {
  using place = scratch();
  await using server = await dovecot();
  await using sink = await smtpSink();
  // The sink has an authority of its own, so one file holds both.
  const ca = join(place.home, 'both.pem');
  writeFileSync(ca, readFileSync(server.caFile, 'utf8') + readFileSync(sink.caFile, 'utf8'));
  const smtp = ['--smtp-host', '127.0.0.1', '--smtp-port', String(sink.port), '--ca', ca];
  const added = await steward(place.home, [...mailFlags(server), ...smtp], 'pw-me\n');
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining('SMTP holds too') });
  expect(sink.mails).toEqual([]);
  const file = readFileSync(join(place.home, 'channels/home.yaml'), 'utf8');
  expect(file).not.toContain('pw-me');
  const [secret = ''] = readdirSync(join(place.home, 'secrets'));
  expect(file).toContain(`\${file:secrets/${secret}}`);
  expect(statSync(join(place.home, 'secrets', secret)).mode & 0o777).toBe(0o600);
  const listed = await steward(place.home, ['channel', 'list', '--json']);
  expect(JSON.parse(listed.out).channels).toMatchObject([{ name: 'home', kind: 'mail', sends: true }]);
  expect(listed.out).not.toContain('pw-me');
  expect(await steward(place.home, ['channel', 'test', 'home'])).toMatchObject({ code: 0 });
  expect(await steward(place.home, [...mailFlags(server), ...smtp], 'pw-me\n')).toMatchObject({ code: 2 });
});

test('steward channel add mail saves nothing after a refused login, and another password changes the file', async () => {
  using place = scratch();
  await using server = await dovecot();
  const flags = [...mailFlags(server), '--no-smtp'];
  const refused = await steward(place.home, flags, 'wrong\n');
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('refused user and password') });
  expect(readdirSync(place.home)).not.toContain('channels');
  expect(await steward(place.home, [...flags, '--no-test'], 'wrong\n')).toMatchObject({ code: 0 });
  const before = readFileSync(join(place.home, 'channels/home.yaml'), 'utf8');
  expect(await steward(place.home, ['channel', 'test', 'home'])).toMatchObject({ code: 1 });
  expect(await steward(place.home, [...flags, '--force'], 'pw-me\n')).toMatchObject({ code: 0 });
  expect(readFileSync(join(place.home, 'channels/home.yaml'), 'utf8')).not.toBe(before);
  expect(readdirSync(join(place.home, 'secrets'))).toHaveLength(1);
});

test('steward channel add maildir wants a Maildir, and names the flag that is missing', async () => {
  using place = scratch();
  const box = join(place.home, 'Maildir');
  const flags = ['channel', 'add', 'maildir', 'local', '--address', 'me@mail.test'];
  expect(await steward(place.home, flags)).toMatchObject({
    code: 2,
    err: expect.stringContaining('--path is missing'),
  });
  expect(await steward(place.home, [...flags, '--path', box])).toMatchObject({ code: 2 });
  mkdirSync(join(box, 'new'), { recursive: true });
  expect(await steward(place.home, [...flags, '--path', box])).toMatchObject({ code: 0 });
  expect(await steward(place.home, ['channel', 'test', 'none'])).toMatchObject({ code: 1 });
});

test('steward inspect mail says identity, proof, class, attachments and what a digest would say', async () => {
  using place = scratch();
  const file = join(place.home, 'mail.eml');
  const text = 'The boiler in the cellar is broken. Could you call the plumber by Friday?';
  writeFileSync(file, sampleMail({ id: '<1@example.org>', subject: 'Boiler', text }));
  const { code, out } = await steward(place.home, ['inspect', 'mail', file, '--offline', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    identity: expect.stringMatching(/^mid:<1@example\.org>:/),
    proof: { verdict: 'none' },
    mail: { subject: 'Boiler', classification: { kind: 'person' } },
    summary: { ask: expect.stringContaining('plumber') },
  });
  const human = await steward(place.home, ['inspect', 'mail', '-', '--offline'], readFileSync(file, 'utf8'));
  expect(human.out).toContain('proof       none');
  expect(await steward(place.home, ['inspect', 'mail', 'no-such-file'])).toMatchObject({ code: 2 });
});

test('steward channel add xmpp tries the login, refuses a wrong password, and keeps the password out of the file', async (context) => {
  using place = scratch();
  const far = await xmppFarSide();
  if (typeof far === 'string') return context.skip(far);
  await using _far = far;
  const { jid, password, addresses, host, port, tls } = far.channel;
  const flags = [
    ...['channel', 'add', 'xmpp', 'talk', '--jid', jid, '--address', addresses[0]!, '--password-stdin'],
    ...['--host', host ?? '', '--port', String(port), '--ca', tls?.ca ?? ''],
    ...(tls?.serverName === undefined ? [] : ['--server-name', tls.serverName]),
  ];
  const refused = await steward(place.home, flags, 'wrong\n');
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('nothing was saved') });
  const added = await steward(place.home, flags, `${password}\n`);
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining('the login holds') });
  expect(readFileSync(join(place.home, 'channels/talk.yaml'), 'utf8')).not.toContain(password);
  expect(await steward(place.home, ['channel', 'test', 'talk'])).toMatchObject({ code: 0 });
  const listed = await steward(place.home, ['channel', 'list', '--json']);
  expect(JSON.parse(listed.out).channels).toMatchObject([{ name: 'talk', kind: 'xmpp', reads: jid, sends: true }]);
}, 60_000);

test('steward channel add matrix tries the token, and refuses one that nobody has', async (context) => {
  using place = scratch();
  const far = await matrixFarSide();
  if (typeof far === 'string') return context.skip(far);
  await using _far = far;
  const { homeserver, userId, token, addresses } = far.channel;
  const flags = [
    ...['channel', 'add', 'matrix', '--homeserver', homeserver, '--user', userId],
    ...['--address', addresses[0]!, '--password-stdin', 'talk'],
  ];
  const refused = await steward(place.home, flags, 'wrong\n');
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('nothing was saved') });
  const added = await steward(place.home, flags, `${token}\n`);
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining('the login holds') });
  expect(readFileSync(join(place.home, 'channels/talk.yaml'), 'utf8')).not.toContain(token);
}, 60_000);
