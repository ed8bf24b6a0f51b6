/**
 * - A text becomes a vector once, for ever and for one person: one after another, at the same time, and after a restart.
 * - What cannot be compared is not given: half a vector, another model under the same name, another model in its place.
 * - It is counted, kept within budgets, sealed at rest, and kept from models that may not see it.
 */
import { describe, expect, test } from 'vitest';
import { makeEmbedTexts } from '../../../../activities/models/embed-texts.ts';
import { keptEmbeddings } from '../../../../schemas/db/kept-embeddings.ts';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import type { EmbedAsk } from '../../../../schemas/model-embed.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { type FakeAnswer, type FakeModel, fakeModel } from '../../../support/fake-openai.ts';
import { type ModelWorld, modelWorld } from '../../../support/model-world.ts';

const well = (answer: FakeAnswer = { say: '' }) => fakeModel(() => answer);
const remote = ({ openaiEndpoint: endpoint }: FakeModel, more: object = {}) => ({
  models: [{ name: 'v', type: 'remote', endpoint, price: { input: 1, output: 0 }, ...more }],
  embed: 'v',
});
const maker = ({ parts, store }: ModelWorld) => makeEmbedTexts({ ...parts, store });
const askOf = ({ personId }: ModelWorld, texts: readonly string[], more: Partial<EmbedAsk> = {}): EmbedAsk => ({
  ...{ texts, for: { personId, purpose: 'memory' }, ...more },
});
const inputs = ({ asked }: FakeModel) => asked.map(({ body }) => body.input);

describe.each(['remote', 'ollama'] as const)('a %s model', (type) => {
  test('is asked for each text once, in one call, and the vectors come in the order of the texts', async () => {
    await using far = await well();
    const endpoint = type === 'remote' ? far.openaiEndpoint : far.ollamaEndpoint;
    await using world = await modelWorld({ models: [{ name: 'v', type, endpoint, model: 'small' }], embed: 'v' });
    const embed = maker(world);
    const first = await embed(askOf(world, ['aaa', 'b', 'aaa']));
    expect(first.vectors.map((one) => [...one])).toEqual([
      [0, 3, 0, 0, 0, 0, 0, 0],
      [0, 0, 1, 0, 0, 0, 0, 0],
      [0, 3, 0, 0, 0, 0, 0, 0],
    ]);
    const second = await maker(world)(askOf(world, ['b', 'c']));
    expect(second.space).toBe(first.space);
    expect(inputs(far)).toEqual([['aaa', 'b'], ['c']]);
    expect(far.asked[0]!.path).toBe(type === 'remote' ? '/v1/embeddings' : '/api/embed');
    expect(far.asked[0]!.body.model).toBe('small');
  });
});

test('many texts go in several calls, and two who want the same at once ask once', async () => {
  await using far = await well();
  await using world = await modelWorld(remote(far));
  const embed = maker(world);
  const texts = Array.from({ length: 70 }, (_, at) => `text ${at}`);
  const [one, two] = await Promise.all([embed(askOf(world, texts)), embed(askOf(world, texts))]);
  expect(one.vectors).toEqual(two.vectors);
  const calls = inputs(far) as string[][];
  expect(calls.flat().sort()).toEqual([...texts].sort());
  expect(Math.max(...calls.map(({ length }) => length))).toBe(32);
  expect(one.cost + two.cost).toBeGreaterThan(0);
});

test('what was made for one person is made anew for another', async () => {
  await using far = await well();
  await using world = await modelWorld(remote(far));
  const { id: personId } = await ensurePerson(world.store, 'other', 'UTC');
  await maker(world)(askOf(world, ['a secret']));
  await maker(world)(askOf(world, ['a secret'], { for: { personId, purpose: 'memory' } }));
  expect(far.asked).toHaveLength(2);
});

test('a vector shows nothing at rest, and one that was changed there is made anew', async () => {
  await using far = await well();
  await using world = await modelWorld(remote(far));
  const { vectors } = await maker(world)(askOf(world, ['abc']));
  const [row] = await world.store.db.select().from(keptEmbeddings);
  expect(row!.content.includes(Buffer.from(vectors[0]!.buffer))).toBe(false);
  expect(row!.print).not.toContain('abc');
  await world.store.db.update(keptEmbeddings).set({ content: Buffer.from(row!.content).fill(7, 20, 22) });
  expect((await maker(world)(askOf(world, ['abc']))).vectors).toEqual(vectors);
  expect(far.asked).toHaveLength(2);
  await maker(world)(askOf(world, ['abc']));
  expect(far.asked).toHaveLength(2);
});

test('another model has a space of its own, also under the same name, and what was there is made anew', async () => {
  let say = '';
  await using far = await fakeModel(() => ({ say }));
  await using world = await modelWorld(remote(far));
  const before = await maker(world)(askOf(world, ['a']));
  // It was pulled anew: what it makes now has another length.
  say = '{"dimensions":3}';
  const pulled = await maker(world)(askOf(world, ['a', 'b']));
  expect(pulled.vectors.map(({ length }) => length)).toEqual([3, 3]);
  world.use(remote(far, { model: 'bigger' }));
  const other = await maker(world)(askOf(world, ['a']));
  expect(new Set([before.space, pulled.space, other.space]).size).toBe(3);
});

test.each<[string, FakeAnswer, string]>([
  ['too few vectors', { say: '{"rows":[]}' }, 'broke'],
  ['vectors of two lengths', { say: '{"rows":[[1,2],[1]]}' }, 'broke'],
  ['no numbers', { say: '{"rows":[["a"],["b"]]}' }, 'broke'],
  ['an object of something else', { raw: '{"hello":1}' }, 'broke'],
  ['a refusal', { status: 401 }, 'noKey'],
  ['a model that makes none', { status: 501 }, 'badRequest'],
  ['a server that is ill', { status: 500 }, 'away'],
])('%s are no answer, on record as that', async (_what, answer, outcome) => {
  await using far = await well(answer);
  await using world = await modelWorld(remote(far));
  await expect(maker(world)(askOf(world, ['a', 'b']))).rejects.toThrow('Cannot ask v');
  await world.meter.idle();
  const calls = await world.store.db.select().from(modelCalls);
  expect(calls.map((call) => [call.intent, call.purpose, call.outcome])).toEqual([['embed', 'memory', outcome]]);
  expect(await world.store.db.select().from(keptEmbeddings)).toEqual([]);
});

test('a budget holds for vectors too', async () => {
  await using far = await well();
  await using world = await modelWorld(remote(far, { budget: { tokensPerDay: 1_000 } }));
  await expect(maker(world)(askOf(world, ['x'.repeat(8_000)]))).rejects.toThrow('models.v.budget.tokensPerDay');
  expect(far.asked).toEqual([]);
});

test('words that must not leave become vectors on this machine or nowhere, and nobody stands in', async () => {
  await using far = await well();
  await using world = await modelWorld(remote(far, { local: false }));
  const embed = maker(world);
  await expect(embed(askOf(world, ['a'], { localOnly: true }))).rejects.toThrow('must not leave, and v is not local');
  expect(far.asked).toEqual([]);
  world.use({ models: remote(far).models });
  await expect(embed(askOf(world, ['a']))).rejects.toThrow('`embed` in models.yaml names no model');
  await expect(embed(askOf(world, ['']))).rejects.toThrow('Cannot make a vector of an empty text');
});

test('one that said when it may be asked again is not asked before', async () => {
  await using far = await well({ status: 429, retryAfter: '90' });
  await using world = await modelWorld(remote(far));
  for (const _ of [1, 2]) await expect(maker(world)(askOf(world, ['a']))).rejects.toMatchObject({ waitMs: 90_000 });
  expect(far.asked).toHaveLength(1);
});
