/*
 * - A model is written into models.yaml once it has answered, beside what a person wrote there; its key lies in a file of
 *   its own, mode 0600, and is in nothing that is printed.
 * - One that does not answer, or cannot be an entry, changes nothing, and it is said why.
 * - What a model needs is fetched: on an Ollama server by name or out of a GGUF file, here what runs such a file.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { installRuntime } from '../../../activities/models/gguf/llama-runtime.ts';
import { fakeOllama } from '../../support/fake-ollama.ts';
import { fakeModel } from '../../support/fake-openai.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

const key = 'key-canary-7f3a';

function scratch() {
  const home = mkdtempSync(join(tmpdir(), 'steward-cli-'));
  const file = join(home, 'models.yaml');
  return {
    ...{ home, file },
    models: () =>
      parse(readFileSync(file, 'utf8')) as { models: { name: string; auth?: { api_key: string } }[]; order?: string },
    [Symbol.dispose]: () => rmSync(home, { recursive: true }),
  };
}

async function steward(home: string, args: string[], input = '') {
  const child = spawn(process.execPath, ['cli/main.ts', 'models', ...args], {
    env: { ...process.env, STEWARD_HOME: home },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (err += data));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  expect(out + err).not.toContain(key);
  return { code, out, err };
}

test('a model that makes vectors is added once it has made one, as the model of `embed`', async () => {
  using place = scratch();
  await using far = await fakeModel(() => ({ say: '' }));
  await using mute = await fakeModel(() => ({ status: 501 }));
  const add = (name: string, { openaiEndpoint }: typeof far) =>
    steward(place.home, ['add', 'remote', name, '--endpoint', openaiEndpoint, '--no-key', '--vectors']);
  const refused = await add('words', mute);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('Nothing was written: words gives no answer');
  expect(await add('vectors', far)).toMatchObject({ code: 0 });
  expect(far.asked[0]!.path).toBe('/v1/embeddings');
  expect(place.models()).toMatchObject({ models: [{ name: 'vectors' }], embed: 'vectors' });
  expect((await add('more', far)).err).toContain('`embed` in models.yaml names vectors already');
});

test('a model that answers is added beside what was written by hand, its key in a file of its own', async () => {
  using place = scratch();
  await using far = await fakeModel(() => ({ say: 'OK' }));
  writeFileSync(place.file, '# mine\nmodels:\n  - { name: first, type: ollama } # the old one\norder: cheapest\n');
  const args = ['add', 'remote', 'cloud', '--endpoint', far.openaiEndpoint, '--model', 'big-1', '--key-stdin'];
  expect(await steward(place.home, args, `${key}\n`)).toMatchObject({
    code: 0,
    out: expect.stringContaining('it has answered'),
  });
  expect(far.asked[0]).toMatchObject({ authorization: `Bearer ${key}`, body: { model: 'big-1' } });
  const text = readFileSync(place.file, 'utf8');
  for (const kept of ['# mine', '# the old one', 'order: cheapest']) expect(text).toContain(kept);
  const { models } = place.models();
  const [secret = ''] = readdirSync(join(place.home, 'secrets'));
  expect(models).toEqual([
    { name: 'first', type: 'ollama' },
    {
      name: 'cloud',
      type: 'remote',
      endpoint: far.openaiEndpoint,
      model: 'big-1',
      auth: { api_key: `\${file:secrets/${secret}}` },
    },
  ]);
  const path = join(place.home, 'secrets', secret);
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([`${key}\n`, 0o600]);
});

test.each<[string, string[], string]>([
  ['refuses the key', ['add', 'remote', 'x', '--key-stdin', '--endpoint', 'ENDPOINT'], 'the key is refused'],
  [
    'is plain HTTP to another machine',
    ['add', 'remote', 'x', '--key-stdin', '--endpoint', 'http://models.example/v1'],
    'use https',
  ],
  ['has the name of another', ['add', 'ollama', 'first', '--endpoint', 'ENDPOINT'], 'There is a model first already'],
  ['is no GGUF file', ['add', 'gguf', 'x', '--path', '/etc/hostname'], 'is no GGUF file'],
])('a model that %s is not added', async (_what, args, why) => {
  using place = scratch();
  const before = 'models: [{ name: first, type: ollama }]\n';
  writeFileSync(place.file, before);
  await using far = await fakeModel(() => ({ status: 401 }));
  const ran = await steward(
    place.home,
    args.map((word) => (word === 'ENDPOINT' ? far.openaiEndpoint : word)),
    `${key}\n`,
  );
  expect(ran).toMatchObject({ code: expect.toSatisfy((code) => code !== 0), err: expect.stringContaining(why) });
  expect(readFileSync(place.file, 'utf8')).toBe(before);
  expect(existsSync(join(place.home, 'secrets'))).toBe(false);
});

test('a file that is no YAML is left as it is, and said to be so', async () => {
  using place = scratch();
  writeFileSync(place.file, 'models: [');
  const ran = await steward(place.home, ['add', 'ollama', 'own', '--no-test']);
  expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('Cannot add to') });
  expect(readFileSync(place.file, 'utf8')).toBe('models: [');
});

test('a model of an Ollama server is pulled, asked and added; one that is nowhere is not', async () => {
  using place = scratch();
  await using far = await fakeOllama(['llama3:8b']);
  const add = (name: string, model: string) =>
    steward(place.home, ['add', 'ollama', name, '--endpoint', far.endpoint, '--model', model]);
  const added = await add('own', 'llama3:8b');
  expect(added).toMatchObject({ code: 0, err: expect.stringContaining('pulling 6a0746a1ec1a: 50 %') });
  expect(place.models().models).toMatchObject([{ name: 'own', model: 'llama3:8b' }]);
  expect(await add('none', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('file does not exist') });
  expect(place.models().models).toHaveLength(1);
});

test('a model is made on an Ollama server of a folder with a GGUF file, which is sent once', async () => {
  using place = scratch();
  await using far = await fakeOllama([]);
  const folder = join(place.home, 'llama3');
  mkdirSync(folder);
  writeTinyGguf(join(folder, 'weights.gguf'));
  writeFileSync(place.file, `models: [{ name: own, type: ollama, endpoint: "${far.endpoint}", path: ${folder} }]\n`);
  expect(await steward(place.home, ['pull', 'own'])).toMatchObject({ code: 0 });
  expect([...far.models.keys()]).toEqual(['llama3']);
  const { size } = statSync(join(folder, 'weights.gguf'));
  expect(far.sentBytes).toBe(size);
  expect(await steward(place.home, ['pull', 'own'])).toMatchObject({ code: 0 });
  expect(far.sentBytes).toBe(size);
  writeFileSync(join(folder, 'more.gguf'), 'GGUF');
  expect((await steward(place.home, ['pull', 'own'])).err).toContain('it holds 2 files of GGUF, expected 1');
});

test('a GGUF file is run here once what runs it is fetched, and added once it has said a word', async ({ skip }) => {
  await installRuntime(process.env, 'none').catch((error: Error) => skip(error.message));
  using place = scratch();
  const path = join(place.home, 'tiny.gguf');
  writeTinyGguf(path);
  expect(await steward(place.home, ['add', 'gguf', 'own', '--path', path])).toMatchObject({ code: 0 });
  expect(place.models().models).toEqual([{ name: 'own', type: 'gguf', path }]);
});
