// - What Steward takes, an editor takes: all examples, all first triggers, references in place of any text.
// - What Steward refuses for its shape, an editor marks: keys, words, ranges, and rules over several keys.
// - The schema is a good one under draft 2020-12, and keeps what a person reads of each key.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { channelFile } from '../../../schemas/channel-file.ts';
import { editorSchema } from '../../../schemas/editor-schemas.ts';
import type { FileKind } from '../../../schemas/file-set.ts';
import { instanceFile } from '../../../schemas/instance-file.ts';
import { modelsFile } from '../../../schemas/models-file.ts';
import { triggerFile } from '../../../schemas/trigger-file.ts';
import { defaultTriggers } from '../../../workers/home/default-triggers.ts';

const examples = join(import.meta.dirname, '../../../docs/examples/triggers');
const zods = { trigger: triggerFile, channel: channelFile, models: modelsFile, instance: instanceFile };

const ajv = new Ajv2020({
  allErrors: true,
  strict: false,
  formats: { uri: (text: string) => URL.canParse(text), 'date-time': (text: string) => /^\d{4}-\d\d-\d\dT/.test(text) },
});
const compiled = new Map<FileKind, ReturnType<typeof ajv.compile>>();
function faultsOf(kind: FileKind, text: string): string[] {
  const validate = compiled.get(kind) ?? ajv.compile(editorSchema(kind));
  compiled.set(kind, validate);
  return validate(parse(text)) ? [] : validate.errors!.map((fault) => `${fault.instancePath} ${fault.message}`);
}

test.each(['trigger', 'channel', 'models', 'instance'] as const)('editorSchema() of %s is a good schema', (kind) => {
  const schema = editorSchema(kind);
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(ajv.validateSchema(schema)).toBe(true);
});

test.each(readdirSync(examples))('editorSchema() takes the example %s', (file) => {
  const text = readFileSync(join(examples, file), 'utf8');
  expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../.schemas/trigger.json');
  expect(faultsOf('trigger', text)).toEqual([]);
});

test.each(Object.entries(defaultTriggers))('editorSchema() takes the first trigger %s', (_file, text) => {
  expect(faultsOf('trigger', text)).toEqual([]);
});

const plain = 'run: noop\nwhen: { mail: {} }\n';
test.each([
  `${plain}missed: { policy: all, within: 3600000 }`,
  `${plain}priority: "\${env:PRIORITY}"\ncooldown: "\${file:pause.txt}"\ndeliver: ["\${env:PLACE}"]`,
  `${plain}deliver: ["Mail:Me"]\nmap: { Branch: event.ref }`,
  `${plain}with: { any: [1, { deep: null }] }`,
  'run: serviceFault\nwhen: { mail: {} }\nfault: { notify: [mail:me] }',
  'run: noop\nwhen: { message: { pattern: "^a" } }',
])('editorSchema() takes what Steward takes: %j', (text) => {
  expect(faultsOf('trigger', text)).toEqual([]);
});

test.each([
  'when: { mail: {} }',
  'run: noop',
  `${plain}priorty: low`,
  `${plain}priority: urgnet`,
  `${plain}enabled: yes`,
  `${plain}cooldown: soon`,
  `${plain}until: tomorrow`,
  `${plain}deliver: [mail]`,
  `${plain}retry: { attempts: 21 }`,
  `${plain}map: { 1st: "1" }`,
  `${plain}overlap: { policy: skip }`,
  `${plain}onFailure: {}`,
  `${plain}fault: { notify: [mail:me] }`,
  'run: noop\nwhen: {}',
  'run: noop\nwhen: { schedule: "@daily" }',
  'run: noop\nwhen: { every: 5m }',
  'run: noop\nwhen: { mail: {}, schedule: "@daily" }\nmissed: { policy: none }',
  'run: noop\nwhen: { shedule: "@daily" }\nmissed: { policy: none }',
  'run: noop\nwhen: { flow: { ending: [failed] } }',
  'run: noop\nwhen: { metric: { machine: loadPerCore } }',
  'run: noop\nwhen: { metric: { machine: loadPerCore, above: 2, below: 1 } }',
  'run: noop\nwhen: { metric: { above: 2 } }',
  'run: noop\nwhen: { webhook: { provider: hmac, secret: "12345678" } }',
  'run: noop\nwhen: { webhook: { provider: trello, secret: "12345678" } }',
  'run: noop\nwhen: { webhook: { provider: github, secret: "1234567" } }',
  'run: noop\nwhen: { http: { url: "ftp://a.example" } }',
  'run: noop\nwhen: { http: { url: "https://a.example", status: [5xx] } }',
])('editorSchema() refuses what Steward refuses: %j', (text) => {
  expect(triggerFile.safeParse(parse(text)).success).toBe(false);
  expect(faultsOf('trigger', text)).not.toEqual([]);
});

test.each([
  ['channel', 'kind: maildir\naddresses: [me@a.example]\npath: /a', 'kind: mail\naddresses: [me@a.example]'],
  ['channel', 'kind: maildir\naddresses: [me@a.example]\npath: /a', 'kind: maildir\naddresses: [me]\npath: /a'],
  ['models', 'models: [{ name: a, type: ollama }]', 'models: [{ name: a, type: olama }]'],
  ['instance', 'owner: { name: me }', 'owner: { nam: me }'],
  ['instance', 'health: { after: 20 }', 'health: { after: 21 }'],
] as const)('editorSchema() of %s takes %j and refuses %j', (kind, good, bad) => {
  expect([zods[kind].safeParse(parse(good)).success, zods[kind].safeParse(parse(bad)).success]).toEqual([true, false]);
  expect(faultsOf(kind, good)).toEqual([]);
  expect(faultsOf(kind, bad)).not.toEqual([]);
});

test('editorSchema() keeps what a person reads of a key', () => {
  const { properties } = editorSchema('trigger') as { properties: Record<string, { description?: string }> };
  expect(properties.cooldown?.description).toBe('No fire for so long after one');
  expect(JSON.stringify(properties.cooldown)).toContain('"examples":["90s","5m","3h","2d"]');
});
