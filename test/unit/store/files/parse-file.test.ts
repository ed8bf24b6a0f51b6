// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references look like this
// - A fault names line, column, the value as it stands in the file, what was expected and what was probably meant.
// - A value that may be secret is never repeated, nor what a reference stands for; a log gets no value at all.
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

const mailDo = 'run: x\nwhen: { mail: {} }\n';
/** A file of one `when`; a schedule says what becomes of a missed slot, and an event may not. */
const when = (text: string) => {
  const event = /(mail|message|http|webhook|metric|file|flow):/.test(text) && !text.includes('schedule');
  return `run: x\nwhen: ${text}\n${event ? '' : 'missed: { policy: none }'}`;
};
const kinds = 'schedule, every, at, rrule, mail, message, http, webhook, metric, file, flow';

test.each([
  ['run: x\nwhen: { mail: {} }\nmised: { policy: none }', '3:1 Unknown key mised in the file'],
  [when('{ schedule: "0 25 * * *" }'), '2:19 when.schedule is "0 25 * * *": The hour is 25, expected 0 to 23'],
  [
    when('{ schedule: "@daily", timezone: Europe/Berln }'),
    '2:39 when.timezone is "Europe/Berln", expected an IANA time zone such as Europe/Berlin, did you mean Europe/Berlin',
  ],
  [
    'run: x\nwhen: { schedule: "@daily" }\nmissed: { policy: latst }',
    '3:19 missed.policy is "latst", expected one of none, latest, all, did you mean latest',
  ],
  ['run: x\nwhen: { schedule: "@daily" }', '1:1 missed is required for a schedule'],
  ['when: { mail: {} }', '1:1 run is missing, expected text'],
  ['run: 5\nwhen: { mail: {} }', '1:6 run is 5, expected text'],
  ['run: ""\nwhen: { mail: {} }', '1:6 run is "", expected 1 character or more'],
  [
    `${mailDo}missed: { policy: all, within: soon }`,
    '3:32 missed.within is "soon", expected a duration such as 90s, 5m, 3h or 2d',
  ],
  [`${mailDo}deliver: [mail]`, '3:11 deliver.0 is "mail", expected <channel>:<name>, such as mail:me'],
  [
    `${mailDo}priority: urgnet`,
    '3:11 priority is "urgnet", expected one of urgent, high, normal, low, background, did you mean urgent',
  ],
  [`${mailDo}enabled: yes`, '3:10 enabled is "yes", expected true or false, did you mean true'],
  [`${mailDo}retry: { attempts: 0 }`, '3:20 retry.attempts is 0, expected 1 or more'],
  [`${mailDo}retry: { attempts: 21 }`, '3:20 retry.attempts is 21, expected 20 or less'],
  [`${mailDo}retry: { attempts: 1.5 }`, '3:20 retry.attempts is 1.5, expected a whole number'],
  [`${mailDo}retry: { attempts: "3" }`, '3:20 retry.attempts is "3", expected a number'],
  [`${mailDo}retry: 3`, '3:8 retry is 3, expected a map'],
  [`${mailDo}retry:\n`, '3:7 retry is empty, expected a map'],
  [`${mailDo}until: tomorrow`, '3:8 until is "tomorrow", expected an instant such as 2026-12-24T18:00:00+01:00'],
  [`${mailDo}cooldown: 0s`, '3:11 cooldown is "0s", expected more than nothing'],
  [`${mailDo}overlap: skp`, '3:10 overlap is "skp", expected one of skip, allow, cancelPrevious, did you mean skip'],
  [`${mailDo}overlap: { policy: queue, max: 0 }`, '3:32 overlap.max is 0, expected 1 or more'],
  [`${mailDo}overlap: { policy: skip }`, '3:20 overlap.policy is "skip", expected queue'],
  [`${mailDo}debounce: true`, '3:11 debounce is true, expected'],
  [`${mailDo}retry: { attempts: 3, wait: 7h }`, 'retry.wait is "7h", expected at most 6h'],
  [`${mailDo}missed: { policy: none }`, 'is for schedules'],
  [`${mailDo}debounce: { quiet: 1h, max: 1m }`, 'is shorter than quiet'],
  [`${mailDo}debounce: 1m\noverlap: skip`, 'does not go with a queue'],
  [`${mailDo}onFailure: {}`, '3:12 onFailure is an empty map, expected run, notify, or both'],
  [
    'run: serviceFault\nwhen: { message: {} }\noverlap: cancelPrevious',
    '3:10 overlap is "cancelPrevious": cancelPrevious would end the run that handles the fault: leave it out',
  ],
  [
    'run: serviceFault\nwhen: { message: {} }\ncooldown: 1m',
    'cooldown would drop the event that says that it is well again',
  ],
  [`${mailDo}fault: { service: a }`, '3:8 fault belongs to run: serviceFault'],
  [`${mailDo}condition: "event.("`, '3:12 condition is "event.(", which is no expression (CEL):'],
  [`${mailDo}map: { 1st: "1" }`, '3:8 The key 1st in map cannot be used, expected text that matches'],
  [when('{ mail: { subject: "(" } }'), '2:26 when.mail.subject is "(", which is no pattern (RE2):'],
  [
    when('{ http: { url: "https://a.example", status: [5xx] } }'),
    '2:52 when.http.status.0 is "5xx", expected one of timeout, unreachable, tls, redirect, or a range such as 500-599',
  ],
  [
    when('{ http: { url: "https://a.example", status: [timout] } }'),
    'when.http.status.0 is "timout", expected one of timeout, unreachable, tls, redirect, or a range such as 500-599, did you mean timeout',
  ],
  [
    when('{ metric: { machine: loadPerCore, above: 2, clear: 3 } }'),
    '2:58 when.metric.clear is 3, which lies on the wrong side',
  ],
  [when('{ metric: { above: 2 } }'), '2:17 when.metric is a map of above, expected one of machine, prometheus'],
  ['run: x\nrun: y\nwhen: { mail: {} }', '2:1 Map keys must be unique'],
  ['run: [x\nwhen: {', '2:1 Flow sequence'],
  ['- a\n- b', '1:1 the file is a list of 2, expected a map'],
  ['', '1:1 run is missing'],
])('parseFile() says of %j where, what and what is allowed', (text, expected) => {
  expect(faultOf(text)).toContain(expected);
});

test.each([
  ['{ schedul: "@daily" }', `2:9 Unknown key schedul in when, expected one of ${kinds}, did you mean schedule`],
  ['{ shedule: "@daily" }', `2:9 Unknown key shedule in when, expected one of ${kinds}, did you mean schedule`],
  ['{ timezone: UTC }', `2:9 Unknown key timezone in when, expected one of ${kinds}`],
  ['{ mail: {}, schedule: "@daily" }', `2:19 when has both mail and schedule, expected one of ${kinds}`],
  ['{}', `2:7 when is empty, expected one of ${kinds}`],
  ['daily', `2:7 when is "daily", expected a map with one of ${kinds}`],
  [
    '{ schedule: "@daily", zone: UTC }',
    '2:29 Unknown key zone in when beside schedule, expected one of schedule, timezone',
  ],
  ['{ mail: { form: ann } }', '2:17 Unknown key form in when.mail, expected one of account'],
  ['{ webhook: { provider: githib, secret: 12345678 } }', 'did you mean github'],
])('parseFile() has one precise sentence for when: %s', (text, expected) => {
  const parsed = parseFile(when(text), triggerFile, places);
  if (parsed.ok) throw new Error('expected a fault');
  const [{ line, column, message }] = parsed.faults;
  expect(`${line}:${column} ${message}`).toContain(expected);
  if (!text.includes('webhook')) expect(parsed.faults).toHaveLength(1);
});

test('parseFile() cuts a value at 60 characters and puts it on one line', () => {
  const message = faultOf(`${mailDo}priority: "${'a'.repeat(30)}\\n${'b'.repeat(29)}"`);
  expect(message).toContain(`"${'a'.repeat(30)} ${'b'.repeat(29)}"`);
  expect(faultOf(`${mailDo}priority: "${'a'.repeat(30)}\\n${'b'.repeat(30)}"`)).toContain(`${'b'.repeat(29)}…"`);
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

test.each([
  ['imap: { host: h, user: u, password: { canary-1: x } }', 'imap.password is a map, expected text'],
  ['imap: { host: h, user: u, password: [canary-1] }', 'imap.password is a list of 1, expected text'],
  ['imap: { host: h, user: u, password: *canary-1 }', 'Unresolved alias, expected quotes'],
  ['imap: { host: h, user: u, password: x }\nsmtp: { host: h, pasword: canary-2 }', 'did you mean password'],
  ['imap: { host: h, user: u, password: x }\napi_key: "${secret:pw}"', 'Unknown key api_key in the file'],
])('parseFile() never repeats a secret of a channel: %s', (text, expected) => {
  const parsed = parseFile(`kind: mail\naddresses: [me@example.org]\n${text}\n`, channelFile, places);
  expect(parsed.ok).toBe(false);
  expect(JSON.stringify(parsed)).toContain(expected);
  expect(JSON.stringify(parsed)).not.toMatch(/canary|hidden/);
});

test.each([
  ['{ webhook: { provider: bearer, secret: canary } }', 'when.webhook.secret is text, expected 8 characters or more'],
  ['{ http: { url: "https://a.example", headers: { Authorization: [canary] } } }', 'is a list of 1, expected text'],
  ['{ http: { url: "https://a.example", headers: canary } }', 'when.http.headers is text, expected a map'],
  ['{ http: { url: "ftp://canary:canary@a.example" } }', 'when.http.url is "ftp://…@a.example", expected an address'],
  ['{ mail: { subject: "${secret:bad}" } }', 'is "${secret:bad}", expected another value'],
  ['{ schedule: "${secret:bad}" }', 'is "${secret:bad}", expected another value'],
])('parseFile() never repeats a secret of a trigger: %s', (text, expected) => {
  const parsed = parseFile(when(text), triggerFile, { ...places, secret: () => '0 25 (canary' });
  if (parsed.ok) throw new Error('expected a fault');
  expect(parsed.faults[0].message).toContain(expected);
  expect(JSON.stringify(parsed)).not.toContain('canary');
});

const quotes = 'expected quotes around a value that begins with';
test.each([
  ['|canary', `Block scalar header includes extra characters, ${quotes} | or >`],
  ['>canary', `Block scalar header includes extra characters, ${quotes} | or >`],
  ['|- canary canary', 'Not a YAML token'],
  ['|canary canary', `Block scalar header includes extra characters, ${quotes} | or >`],
  ['|\tcanary', 'Not a YAML token'],
  ['*canary', `Unresolved alias, ${quotes} *`],
  ['!canary!x y', `Could not resolve tag, ${quotes} !`],
  ['!canary! y', `The tag has no suffix, ${quotes} !`],
  ['!<canary', 'Verbatim tags must end with a >'],
  ['!canary', 'when.webhook.secret is text, expected 8 characters or more'],
  [']canary', 'Unexpected scalar token in YAML stream'],
  ['}canary', 'Unexpected scalar token in YAML stream'],
  ['"\\Ucanary"', 'Invalid escape sequence'],
  ['"a"canary', 'Unexpected scalar'],
])('parseFile() repeats nothing of a password without quotes that is none to YAML: %s', (value, expected) => {
  const text = `run: x\nwhen:\n  webhook:\n    provider: bearer\n    secret: ${value}\n`;
  const parsed = parseFile(text, triggerFile, places);
  if (parsed.ok) throw new Error('expected a fault');
  expect(parsed.faults.map(({ message }) => message)).toContainEqual(expect.stringContaining(expected));
  expect(parsed.faults.map(({ plain }) => plain)).toContainEqual(expect.stringContaining(expected));
  // Not even a part: an escape is cut after 10 characters.
  expect(JSON.stringify(parsed)).not.toMatch(/cana/);
});

test('parseFile() does not say what a reference is near to', () => {
  const text = `${mailDo}priority: "\${secret:word}"`;
  const parsed = parseFile(text, triggerFile, { ...places, secret: () => 'urgnet' });
  expect(parsed.ok || parsed.faults[0].message).toBe(
    'priority is "${secret:word}", expected one of urgent, high, normal, low, background',
  );
});

test('parseFile() has a sentence without any value for logs', () => {
  const parsed = parseFile(when('{ mail: { subject: "(canary" } }'), triggerFile, places);
  if (parsed.ok) throw new Error('expected a fault');
  expect(parsed.faults[0].message).toContain('(canary');
  expect(parsed.faults[0].plain).toBe('when.mail.subject is text, expected another value');
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
