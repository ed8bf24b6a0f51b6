/**
 * - A file of weights answers in the worker itself: words, an object by grammar, a call by an envelope; all of it counted.
 * - What is no such file, what is not there to run it, and what does not fit is said; the next model answers.
 * - One question at a time; one that is not wanted any more ends, and the next one is answered.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeEmbedTexts } from '../../../../activities/models/embed-texts.ts';
import { installRuntime } from '../../../../activities/models/gguf/llama-runtime.ts';
import { plainPicture } from '../../../../activities/models/probe-media.ts';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import type { AnswerSchema, ModelTool } from '../../../../schemas/model-chat.ts';
import { cosine } from '../../../support/cosine.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld, yesOrNo } from '../../../support/model-world.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

const folder = mkdtempSync(join(tmpdir(), 'steward-gguf-'));
const tiny = join(folder, 'tiny.gguf');
let missing: string | undefined;
beforeAll(async () => {
  writeTinyGguf(tiny);
  writeFileSync(`${tiny}.txt`, 'hello');
  writeFileSync(`${tiny}.cut`, 'GGUF\u0003');
  missing = await installRuntime(process.env, 'none').then(
    () => undefined,
    (error: Error) => error.message,
  );
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const own = (more: object = {}) => ({ name: 'own', type: 'gguf', path: tiny, ...more });
const slow = { whole: 120_000 };
const closed: AnswerSchema = { ...yesOrNo, json: { ...yesOrNo.json, additionalProperties: false } };

describe('a GGUF file', () => {
  test('answers with words and with an object, and is counted', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using world = await modelWorld({ models: [own({ price: { input: 1, output: 1 } })] }, slow);
    const said = await world.ask({ maxOutputTokens: 12 });
    expect(said).toMatchObject({ model: 'own', tokens: { output: 12 } });
    expect(world.heard.at(-1)).toBe(said.text);
    const { object } = await world.ask({ schema: closed, temperature: 0 });
    expect(['yes', 'no']).toContain((object as { answer: string }).answer);
    await world.meter.idle();
    const calls = await world.store.db.select().from(modelCalls).orderBy(modelCalls.id);
    expect(calls.map(({ outcome, localOnly, cost }) => [outcome, localOnly, cost > 0])).toEqual([
      ['answered', false, true],
      ['answered', false, true],
    ]);
  });

  test('is local, and calls a tool by an envelope', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using world = await modelWorld({ models: [own()] }, slow);
    const tool: ModelTool = {
      ...{ name: 'light', does: 'Turns the light on or off.' },
      parameters: {
        ...{ type: 'object', properties: { on: { type: 'boolean' } }, required: ['on'], additionalProperties: false },
      },
    };
    // Weights that mean nothing choose at random, within the grammar: what is asked for is one of its forms.
    const answered = await world.ask({ tools: [tool], schema: closed, localOnly: true, maxOutputTokens: 400 });
    if (answered.calls.length > 0)
      expect(answered.calls[0]).toMatchObject({
        tool: 'light',
        args: expect.stringMatching(/^\{"on":(true|false)\}$/),
      });
    else expect(['yes', 'no']).toContain((answered.object as { answer: string }).answer);
  });

  test('makes vectors, beside words, and takes no pictures', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    const models = [own(), own({ name: 'vectors' })];
    await using world = await modelWorld({ models, embed: 'vectors' }, slow);
    const embed = makeEmbedTexts({ ...world.parts, store: world.store });
    const ask = (...texts: string[]) => embed({ texts, for: { personId: world.personId, purpose: 'memory' } });
    const [one, other, again] = (await ask('aaaa', 'zzzz', 'aaaa')).vectors;
    expect(one!.length).toBeGreaterThan(0);
    expect(again).toEqual(one);
    expect(cosine(one!, other!)).toBeLessThan(0.9999);
    await expect(ask('x'.repeat(20_000))).rejects.toThrow('the question is longer than its context');
    expect((await world.ask({ maxOutputTokens: 4 })).model).toBe('own');
    const picture = [{ role: 'user' as const, content: 'What is it?', media: [plainPicture([255, 0, 0])] }];
    await expect(world.ask({ messages: picture })).rejects.toThrow('it takes no pictures');
  });

  test.for([
    ['is not there', { path: `${tiny}.none` }, 'is no GGUF file that can be read'],
    ['is something else', { path: `${tiny}.txt` }, 'is no GGUF file'],
    ['was cut', { path: `${tiny}.cut` }, 'it cannot be loaded'],
    ['needs what was not fetched', { gpu: 'cuda' }, '`steward models pull other` fetches it'],
  ] as const)('that %s is said to be so, and the next model answers', async ([what, more, why], { skip }) => {
    if (missing !== undefined && what === 'was cut') skip(missing);
    await using far = await fakeModel(() => ({ say: 'Here.' }));
    const second = { name: 'second', type: 'remote', endpoint: far.openaiEndpoint };
    await using world = await modelWorld({ models: [own(more), second] });
    expect(await world.ask()).toMatchObject({ model: 'second' });
    world.use({ models: [own({ name: 'other', ...more })] });
    await expect(world.ask()).rejects.toThrow(why);
  });

  test('is not asked more than it can hold: nothing is left out without a word', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using world = await modelWorld({ models: [own({ can: { context: 512 } })] }, slow);
    // By characters it would fit; its own tokens are bytes.
    const content = 'x'.repeat(1_200);
    await expect(world.ask({ messages: [{ role: 'user', content }], maxOutputTokens: 10 })).rejects.toThrow(
      'the question is longer than its context',
    );
  });

  test('answers one after the other, and one that leaves holds up nobody', async ({ skip }) => {
    if (missing !== undefined) skip(missing);
    await using world = await modelWorld({ models: [own()] }, slow);
    const leaving = new AbortController();
    const onText = () => leaving.abort(new Error('not any more'));
    const first = world.ask({ maxOutputTokens: 3_000, signal: leaving.signal, onText });
    const others = [8, 9, 10].map((maxOutputTokens) => world.ask({ maxOutputTokens, onText: () => undefined }));
    await expect(first).rejects.toThrow('not any more');
    expect((await Promise.all(others)).map(({ tokens }) => tokens.output)).toEqual([8, 9, 10]);
  });
});

test('a real model speaks, keeps to an object, and calls a tool', async ({ skip }) => {
  const path = process.env.STEWARD_TEST_GGUF;
  if (path === undefined) skip('STEWARD_TEST_GGUF names no file of a real model');
  await installRuntime(process.env, 'none');
  await using world = await modelWorld({ models: [own({ path })] }, slow);
  const ask = (content: string, more: object = {}) =>
    world.ask({ messages: [{ role: 'user', content }], temperature: 0, ...more });
  expect((await ask('What is the capital of Portugal? Answer in a sentence.')).text).toContain('Portugal');
  expect((await ask('Is the sun hot? {"answer":"yes"} or {"answer":"no"}', { schema: closed })).object).toEqual({
    answer: 'yes',
  });
  const tools: ModelTool[] = [
    {
      ...{ name: 'weather', does: 'Tells the weather of a city.' },
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' } },
        required: ['city'],
        additionalProperties: false,
      },
    },
  ];
  const { calls } = await ask('What is the weather in Rome?', { tools });
  expect(calls).toMatchObject([{ tool: 'weather', args: expect.stringContaining('Rome') }]);
}, 300_000);
