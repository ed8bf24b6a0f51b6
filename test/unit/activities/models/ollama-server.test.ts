/**
 * A real Ollama server, wherever OLLAMA_HOST names one and STEWARD_TEST_GGUF a file of a real model: it makes a model of the
 * file, says words as they come, keeps to an object, calls a tool by an envelope, makes vectors, and says what it holds.
 */
import { expect, test } from 'vitest';
import { makeEmbedTexts } from '../../../../activities/models/embed-texts.ts';
import { describeModel } from '../../../../activities/models/providers/describe-model.ts';
import { pullOllama } from '../../../../activities/models/providers/pull-ollama.ts';
import { type ModelEntry, modelsFile } from '../../../../schemas/models-file.ts';
import { cosine } from '../../../support/cosine.ts';
import { closedYesOrNo as closed, modelWorld, weather } from '../../../support/model-world.ts';

type Ollama = Extract<ModelEntry, { type: 'ollama' }>;

const { OLLAMA_HOST: host, STEWARD_TEST_GGUF: path } = process.env;

test('a real Ollama server makes a model of a file, and is asked as any other', async ({ skip }) => {
  if (host === undefined) return skip('OLLAMA_HOST names no server');
  if (path === undefined) return skip('STEWARD_TEST_GGUF names no file of a real model');
  const endpoint = host.includes('://') ? host : `http://${host}`;
  const model = { name: 'own', type: 'ollama', endpoint, path, model: 'steward-test' };
  const file = {
    models: [
      { ...model, can: { tools: 'envelope', context: 2_048 } },
      { ...model, name: 'vectors' },
    ],
    embed: 'vectors',
  };
  const entry = modelsFile.parse(file).models[0] as Ollama;
  const seen: string[] = [];
  await pullOllama(entry, (what) => seen.push(what));
  expect(seen.length).toBeGreaterThan(1);

  await using world = await modelWorld(file, { whole: 240_000 });
  const ask = (content: string, more: object = {}) =>
    world.ask({ messages: [{ role: 'user', content }], temperature: 0, maxOutputTokens: 200, ...more });
  const { text, tokens } = await ask('What is the capital of Portugal? Answer in a sentence.');
  expect(text).toContain('Portugal');
  expect(tokens.output).toBeGreaterThan(1);
  expect(world.heard.length).toBeGreaterThan(2);
  const { object } = await ask('Is the sun hot? Answer {"answer":"yes"} or {"answer":"no"}.', { schema: closed });
  expect(['yes', 'no']).toContain((object as { answer: string }).answer);
  const { calls } = await ask('What is the weather in Rome?', { tools: [weather] });
  expect(calls).toMatchObject([{ tool: 'weather', args: '{"city":"Rome"}' }]);
  expect(await describeModel(entry)).toEqual({ context: 32_768, size: expect.any(Number) });
  // What it was loaded with by `can.context`; without that by what a question needs, at least 8,192.
  const loadedWith = async () => {
    const { models } = (await (await fetch(`${endpoint}/api/ps`)).json()) as { models: { context_length: number }[] };
    return models.map(({ context_length: tokens }) => tokens);
  };
  expect(await loadedWith()).toEqual([2_048]);
  world.use({ models: [{ ...model, can: { tools: 'envelope' } }] });
  await ask('Say yes.');
  expect(await loadedWith()).toEqual([8_192]);
  world.use(file);

  const embed = makeEmbedTexts({ ...world.parts, store: world.store });
  const texts = ['A cat sleeps on the sofa.', 'On the couch a kitten naps.', 'The invoice is due in March.'];
  const [cat, kitten, invoice] = (await embed({ texts, for: { personId: world.personId, purpose: 'memory' } })).vectors;
  expect(cosine(cat!, kitten!)).toBeGreaterThan(cosine(cat!, invoice!));
}, 600_000);
