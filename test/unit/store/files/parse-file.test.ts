// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like this
// - A fault names line and column, what was found and what was expected, and never a value that may be secret.
// - References are resolved after parsing, so that a value is never read as YAML.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { channelFile } from '../../../../schemas/channel-file.ts';
import { modelsFile } from '../../../../schemas/models-file.ts';
import { triggerFile } from '../../../../schemas/trigger-file.ts';
import { parseFile } from '../../../../store/files/parse-file.ts';

const home = mkdtempSync(join(tmpdir(), 'files-'));
afterAll(() => rmSync(home, { recursive: true }));
const places = {
  home,
  env: { KEY: 'from-env', ODD: 'a: [b' },
  secret: (name: string) => (name === 'pw' ? 'hidden' : undefined),
};

function faultOf(text: string, schema: Parameters<typeof parseFile>[1] = triggerFile) {
  const parsed = parseFile(text, schema, places);
  if (parsed.ok) throw new Error('expected a fault');
  const { line, column, message } = parsed.faults[0];
  return `${line}:${column} ${message}`;
}

test('parseFile() reads a good trigger with its defaults', () => {
  const parsed = parseFile(
    'run: x\nwhen: { schedule: "@daily" }\nmissed: { policy: none, within: 3h }\n',
    triggerFile,
    places,
  );
  expect(parsed).toMatchObject({
    ok: true,
    value: { missed: { within: 10_800_000 }, priority: 'normal', enabled: true },
  });
});

test.each([
  [
    'run: x\nwhen: { schedul: "@daily" }\nmissed: { policy: none }',
    '2:9 Unknown key schedul in when, expected one of schedule, timezone',
  ],
  ['run: x\nwhen: { schedule: "@daily" }\nmised: { policy: none }', '3:1 Unknown key mised in the file'],
  [
    'run: x\nwhen: { schedule: "0 25 * * *" }\nmissed: { policy: none }',
    '2:19 when.schedule: The hour is 25, expected 0 to 23',
  ],
  [
    'run: x\nwhen:\n  schedule: "@daily"\n  timezone: Europe/Berln\nmissed: { policy: none }',
    '4:13 when.timezone: expected an IANA time zone such as Europe/Berlin',
  ],
  [
    'run: x\nwhen: { schedule: "@daily" }\nmissed: { policy: latst }',
    '3:19 missed.policy is not one of none, latest, all',
  ],
  ['run: x\nwhen: { schedule: "@daily" }', '1:1 missed: is required for a schedule'],
  ['when: { mail: {} }', '1:1 run is missing, expected string'],
  ['run: 5\nwhen: { mail: {} }', '1:6 run has another type, expected string'],
  [
    'run: x\nwhen: { mail: {} }\nmissed: { policy: all, within: soon }',
    '3:32 missed.within: expected a duration such as 90s, 5m, 3h or 2d',
  ],
  ['run: x\nwhen: { mail: {} }\ndeliver: [mail]', '3:11 deliver.0: expected <channel>:<name>, such as mail:me'],
  ['run: x\nrun: y\nwhen: { mail: {} }', '2:1 Map keys must be unique'],
  ['run: [x\nwhen: {', '2:1 Flow sequence'],
  ['- a\n- b', '1:1 the file has another type, expected object'],
  ['', '1:1 run is missing'],
])('parseFile() says of %j where and what', (text, expected) => {
  expect(faultOf(text)).toContain(expected);
});

test('parseFile() proposes the key that was meant', () => {
  expect(faultOf('run: x\nwhen: { mail: {} }\npriorty: low')).toMatch(/did you mean priority$/);
});

test('parseFile() resolves references in values, and only there', () => {
  writeFileSync(join(home, 'pw.txt'), 'from-file\n');
  const text = [
    'models:',
    '  - { name: a, type: remote, endpoint: "https://x.example/v1", auth: { api_key: "${env:KEY}" } }',
    '  - { name: b, type: remote, endpoint: "https://x.example/v1", auth: { api_key: "${file:pw.txt}" } }',
    '  - { name: c, type: remote, endpoint: "https://x.example/v1", auth: { api_key: "x-${secret:pw}-y" } }',
    '  - { name: d, type: remote, endpoint: "https://x.example/v1", auth: { api_key: "${env:ODD}" } }',
  ].join('\n');
  const parsed = parseFile(text, modelsFile, places);
  if (!parsed.ok) throw new Error(parsed.faults[0].message);
  const keys = parsed.value.models.map((model) => (model.type === 'remote' ? model.auth?.api_key : undefined));
  expect(keys).toEqual(['from-env', 'from-file', 'x-hidden-y', 'a: [b']);
});

test.each(['${env:NONE}', '${file:none.txt}', '${secret:none}'])(
  'parseFile() names a reference that leads nowhere: %s',
  (name) => {
    const text = `models:\n  - { name: a, type: remote, endpoint: "https://x.example", auth: { api_key: "${name}" } }`;
    expect(faultOf(text, modelsFile)).toBe(`2:78 ${name} leads nowhere, expected it to be set`);
  },
);

test('parseFile() takes a mistyped reference for a mistake, not for a password', () => {
  const text = 'models:\n  - { name: a, type: remote, endpoint: "https://x.example", auth: { api_key: "${evn:KEY}" } }';
  expect(faultOf(text, modelsFile)).toContain('${evn:...} is no reference, expected env, file or secret');
});

test('parseFile() never repeats a secret in a fault', () => {
  const text = [
    'kind: mail',
    'addresses: [me@example.org]',
    'imap: { host: h, user: u, password: canary-1, security: plain }',
    'smtp: { host: h, pasword: canary-2 }',
    'api_key: ${secret:pw}',
  ].join('\n');
  const parsed = parseFile(text, channelFile, places);
  expect(parsed.ok).toBe(false);
  expect(JSON.stringify(parsed)).not.toMatch(/canary|hidden/);
});

test('parseFile() bounds what aliases may grow into', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefgh'.split('').map((key, at) => {
      const before = 'abcdefg'[at];
      return `${key}: &${key} [${Array(9).fill(`*${before}`).join(', ')}]`;
    }),
  ].join('\n');
  expect(faultOf(bomb)).toMatch(/alias/i);
});

test('parseFile() gives a file another hash when what it refers to changes', () => {
  const text = 'models:\n  - { name: a, type: remote, endpoint: "https://x.example", auth: { api_key: "${env:KEY}" } }';
  const hash = (KEY: string) =>
    parseFile(text, modelsFile, {
      ...places,
      env: { KEY },
      fingerprint: (value) => `f${value.length}${value.includes('one')}`,
    }).hash;
  expect(hash('one')).toBe(hash('one'));
  expect(hash('one')).not.toBe(hash('two'));
});
