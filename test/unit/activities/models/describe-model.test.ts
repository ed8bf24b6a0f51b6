/** How many tokens a model takes and how large it is are read from what its server says of it; one that says nothing is not asked twice. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { describeModel } from '../../../../activities/models/providers/describe-model.ts';
import { type ModelEntry, modelsFile } from '../../../../schemas/models-file.ts';

async function serving(path: string, body: unknown) {
  const asked: string[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization ?? ''}`.trim());
    response.writeHead(url === path ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    asked,
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}
const entryOf = (more: object): ModelEntry => modelsFile.parse({ models: [{ name: 'a', ...more }] }).models[0]!;

test.each<[string, object, number | undefined, number?]>([
  ['vLLM', { data: [{ id: 'x' }, { id: 'a', max_model_len: 32_768 }] }, 32_768],
  ['OpenRouter', { data: [{ id: 'a', context_length: 131_072 }] }, 131_072],
  ['Groq', { data: [{ id: 'a', context_window: 8_192 }] }, 8_192],
  [
    'llama.cpp, by whatever name',
    { data: [{ id: '/models/b.gguf', meta: { n_ctx_train: 2_048, size: 7 } }] },
    2_048,
    7,
  ],
  ['a server that does not say', { data: [{ id: 'a', context_length: 'long' }] }, undefined],
  ['a server with other models', { data: [{ id: 'x', context_length: 5 }, { id: 'y' }] }, undefined],
  ['what is no list', { error: 'no' }, undefined],
])('of %s', async (_server, body, context, size) => {
  await using far = await serving('/v1/models', body);
  const entry = entryOf({ type: 'remote', endpoint: `${far.base}/v1`, auth: { api_key: 'k' } });
  expect(await describeModel(entry)).toEqual({
    ...(context === undefined ? {} : { context }),
    ...(size === undefined ? {} : { size }),
  });
  expect(far.asked).toEqual(['/v1/models Bearer k']);
});

test('of Ollama it is what the model was made for', async () => {
  const info = { 'general.architecture': 'qwen2', 'qwen2.context_length': 32_768 };
  await using far = await serving('/api/show', { model_info: info });
  expect(await describeModel(entryOf({ type: 'ollama', endpoint: far.base }))).toEqual({ context: 32_768 });
});

test('of a server that is away it is not known', async () => {
  expect(await describeModel(entryOf({ type: 'ollama', endpoint: 'http://127.0.0.1:1' }))).toEqual({});
});
