// What a person writes into models.yaml wrongly is named with its place and remedy, and repeats no key.
import { expect, test } from 'vitest';
import { isLocal, modelsFile } from '../../../schemas/models-file.ts';
import { parseFile } from '../../../store/files/parse-file.ts';

const env = (name: string) => `\${env:${name}}`;
const parse = (text: string) =>
  parseFile(text, modelsFile, { env: { CLOUD_KEY: 'key-canary' }, home: '/nowhere', secret: () => undefined });
const faults = (text: string) => {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

test('models.yaml of DESIGN.md is read as it stands', () => {
  const parsed = parse(`models:
  - { name: cloud_model, type: remote, endpoint: "https://api.example.com/v1", auth: { api_key: "\${env:CLOUD_KEY}" } }
  - { name: local_model, type: ollama, path: /models/llama3, gpu_id: 0 }
`);
  expect(parsed).toMatchObject({ ok: true, value: { models: [{ name: 'cloud_model' }, { name: 'local_model' }] } });
  expect(parsed.ok && parsed.value.models.map(isLocal)).toEqual([false, true]);
});

test.each([
  ['models: [', 'models: []', /^1:\d+ /],
  ['models: [{ name: a, type: llama }]', 'models: [{ name: a, type: ollama }]', /remote.*ollama/],
  [
    'models: [{ name: a, type: remote }]',
    'models: [{ name: a, type: remote, endpoint: "https://m.example/v1" }]',
    /endpoint.*is missing/,
  ],
  [
    'models: [{ name: a, type: remote, endpoint: "http://m.example/v1" }]',
    'models: [{ name: a, type: remote, endpoint: "http://127.0.0.1:8080/v1" }]',
    /plain HTTP to another machine: use https, or say `insecure: true`/,
  ],
  [
    'models: [{ name: a, type: ollama, endpoint: "http://10.0.0.9:11434" }]',
    'models: [{ name: a, type: ollama, endpoint: "http://10.0.0.9:11434", insecure: true }]',
    /plain HTTP/,
  ],
  [
    'models: [{ name: a, type: remote, endpoint: "ftp://m.example" }]',
    'models: [{ name: a, type: remote, endpoint: "https://m.example" }]',
    /endpoint/,
  ],
  [
    'models: [{ name: a, type: ollama }, { name: a, type: ollama }]',
    'models: [{ name: a, type: ollama }, { name: b, type: ollama }]',
    /name of another model too/,
  ],
  [
    'models: [{ name: a, type: ollama }]\nprefer: { write: [b] }',
    'models: [{ name: a, type: ollama }]\nprefer: { write: [a] }',
    /^2:.*name of no model/,
  ],
  [
    'models: [{ name: a, type: ollama }]\nembed: b',
    'models: [{ name: a, type: ollama }]\nembed: a',
    /^2:.*name of no model/,
  ],
  [
    'models: [{ name: a, type: ollama }]\nembed: a\nprefer: { write: [a] }',
    'models: [{ name: a, type: ollama }, { name: b, type: ollama }]\nembed: a\nprefer: { write: [b] }',
    /^3:.*is the model of `embed`, which says nothing/,
  ],
  [
    'models: [{ name: a, type: ollama }]\nprefer: { sing: [a] }',
    'models: [{ name: a, type: ollama }]\nprefer: { see: [a] }',
    /sing/,
  ],
  [
    `models: [{ name: a, type: ollama, model: "${env('NOWHERE')}" }]`,
    `models: [{ name: a, type: remote, endpoint: "https://m.example", auth: { api_key: "${env('CLOUD_KEY')}" } }]`,
    /NOWHERE/,
  ],
])('models.yaml %s is refused, and its clean twin read', (wrong, right, expected) => {
  const said = faults(wrong);
  expect(said.join('\n')).toMatch(expected);
  expect(said.join('\n')).not.toContain('key-canary');
  expect(faults(right)).toEqual([]);
});
