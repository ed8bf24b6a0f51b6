/** How a model out of a GGUF file is to be talked to is read from the file; one that does not say is left as it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { templateOf } from '../../../../activities/models/providers/ollama-template.ts';
import { pullOllama } from '../../../../activities/models/providers/pull-ollama.ts';
import { modelsFile } from '../../../../schemas/models-file.ts';
import { fakeOllama } from '../../../support/fake-ollama.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-template-'));
const path = join(folder, 'tiny.gguf');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['ChatML', "{{ '<|im_start|>' + message['role'] }}", '<|im_end|>'],
  ['Llama 3', "{{ '<|start_header_id|>' + role }}", '<|eot_id|>'],
  ['Gemma', "{{ '<start_of_turn>' + role }}", '<end_of_turn>'],
  ['Mistral', "{{ '[INST] ' + content }}", '[/INST]'],
  ['Phi', "{{ '<|user|>' + content + '<|end|>' }}", '<|end|>'],
])('%s is known by what its own template holds', async (_family, own, stop) => {
  writeTinyGguf(path, own);
  const known = await templateOf(path);
  expect(known!.template).toContain('range .Messages');
  expect(known!.parameters.stop).toContain(stop);
});

test.each([[undefined], ["{{ 'Human: ' + content }}"]])('%s is none that is known', async (own) => {
  writeTinyGguf(path, own);
  expect(await templateOf(path)).toBeUndefined();
});

test('a server that does not know the template is told it, and one that says something else is left alone', async () => {
  await using far = await fakeOllama([]);
  const pull = async (name: string) => {
    const { models } = modelsFile.parse({ models: [{ name, type: 'ollama', endpoint: far.endpoint, path }] });
    const [entry] = models;
    if (entry?.type !== 'ollama') throw new TypeError('no Ollama');
    await pullOllama({ ...entry, model: name }, () => undefined);
  };
  writeTinyGguf(path, '<|im_start|>');
  await pull('own');
  expect(far.templates.get('own')).toMatchObject({
    template: expect.stringContaining('<|im_start|>assistant'),
    parameters: { stop: ['<|im_start|>', '<|im_end|>'] },
  });
  far.templates.set('other', { template: 'its own', parameters: {} });
  await pull('other');
  expect(far.templates.get('other')!.template).toBe('its own');
});
