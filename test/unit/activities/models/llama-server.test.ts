/**
 * - A real server of llama.cpp is asked as any other: words as they come, with what it counted; an object by its grammar;
 *   a tool by an envelope; and what it refuses is named as what it is.
 * - With STEWARD_TEST_GGUF the model is a real one, and what it says is looked at; without it, its weights mean nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeEmbedTexts } from '../../../../activities/models/embed-texts.ts';
import { describeModel } from '../../../../activities/models/providers/describe-model.ts';
import { modelsFile } from '../../../../schemas/models-file.ts';
import { cosine } from '../../../support/cosine.ts';
import { type LlamaServer, llamaServer } from '../../../support/llama-server.ts';
import { closedYesOrNo as closed, modelWorld, weather } from '../../../support/model-world.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

const real = process.env.STEWARD_TEST_GGUF;
const folder = mkdtempSync(join(tmpdir(), 'steward-llama-'));
let server: LlamaServer | string = 'not started';
beforeAll(async () => {
  const tiny = join(folder, 'tiny.gguf');
  writeTinyGguf(tiny);
  server = await llamaServer(real ?? tiny);
}, 300_000);
afterAll(async () => {
  if (typeof server !== 'string') await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const worldOf = (endpoint: string) =>
  modelWorld({ models: [{ name: 'llama', type: 'remote', endpoint, can: { tools: 'envelope' } }] }, { whole: 240_000 });

test('a real server says words as they come, and what it counted', async ({ skip }) => {
  if (typeof server === 'string') return skip(server);
  await using world = await worldOf(server.endpoint);
  const content = 'What is the capital of Portugal? Answer in a sentence.';
  const { text, tokens } = await world.ask({
    messages: [{ role: 'user', content }],
    maxOutputTokens: 24,
    temperature: 0,
  });
  expect(tokens.output).toBeGreaterThan(1);
  expect(tokens.output).toBeLessThanOrEqual(24);
  expect(world.heard.length).toBeGreaterThan(2);
  expect(world.heard.at(-1)).toBe(text);
  if (real !== undefined) expect(text).toContain('Portugal');
}, 250_000);

test('a real server keeps to an object, and calls a tool by an envelope', async ({ skip }) => {
  if (typeof server === 'string') return skip(server);
  // A vocabulary of bytes alone is none that its grammars can work with.
  if (real === undefined) return skip('STEWARD_TEST_GGUF names no file of a real model');
  await using world = await worldOf(server.endpoint);
  const ask = (content: string, more: object) =>
    world.ask({ messages: [{ role: 'user', content }], temperature: 0, maxOutputTokens: 300, ...more });
  const { object } = await ask('Is the sun hot? Answer {"answer":"yes"} or {"answer":"no"}.', { schema: closed });
  expect(['yes', 'no']).toContain((object as { answer: string }).answer);
  const { calls } = await ask('What is the weather in Rome?', { tools: [weather] });
  expect(calls).toMatchObject([{ tool: 'weather', args: '{"city":"Rome"}' }]);
}, 250_000);

test('a real server makes vectors, says what it counted, and how many tokens it takes', async ({ skip }) => {
  if (typeof server === 'string') return skip(server);
  const tiny = join(folder, 'tiny.gguf');
  await using vectors = expectServer(await llamaServer(real ?? tiny, 'vectors'));
  const models = [{ name: 'llama', type: 'remote', endpoint: vectors.endpoint }];
  await using world = await modelWorld({ models, embed: 'llama' });
  const embed = makeEmbedTexts({ ...world.parts, store: world.store });
  const texts = ['A cat sleeps on the sofa.', 'On the couch a kitten naps.', 'The invoice is due in March.'];
  const { vectors: rows } = await embed({ texts, for: { personId: world.personId, purpose: 'memory' } });
  const [cat, kitten, invoice] = rows;
  expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
  expect(cosine(cat!, cat!)).toBeCloseTo(1, 5);
  if (real !== undefined) expect(cosine(cat!, kitten!)).toBeGreaterThan(cosine(cat!, invoice!));
  const facts = await describeModel(modelsFile.parse({ models }).models[0]!);
  expect(facts.context).toBeGreaterThanOrEqual(512);
  expect(facts.size).toBeGreaterThan(0);
  // One that was started for words makes none, and says so.
  world.use({ models: [{ ...models[0], endpoint: server.endpoint }], embed: 'llama' });
  await expect(embed({ texts, for: { personId: world.personId, purpose: 'memory' } })).rejects.toMatchObject({
    code: 'modelRefused',
  });
}, 250_000);

function expectServer(started: LlamaServer | string): LlamaServer {
  if (typeof started === 'string') throw new Error(started);
  return started;
}

test('a question that is longer than its context is named as that', async ({ skip }) => {
  if (typeof server === 'string') return skip(server);
  await using world = await worldOf(server.endpoint);
  const ask = world.ask({ messages: [{ role: 'user', content: 'word '.repeat(5_000) }] });
  await expect(ask).rejects.toThrow('Cannot ask llama: the question is longer than its context');
}, 250_000);
