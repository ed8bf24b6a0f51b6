/**
 * - Models are asked in the order of the file, over real HTTP, once each, until one answers.
 * - Two models never speak in one answer, and half an answer is none.
 * - What a model asks for comes through as it wrote it; what it costs is counted.
 */
import { expect, test } from 'vitest';
import type { ModelMessage, ModelTool } from '../../../../schemas/model-chat.ts';
import { type FakeAnswer, type FakeModel, fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld, yesOrNo } from '../../../support/model-world.ts';

const tools: ModelTool[] = [{ name: 'look', does: 'Looks.', parameters: { type: 'object', properties: {} } }];
const messages: ModelMessage[] = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: 'What is it?' },
  { role: 'assistant', content: '', calls: [{ id: 'c0', tool: 'look', args: '{"at":"it"}' }] },
  { role: 'tool', call: { id: 'c0', tool: 'look', args: '{"at":"it"}' }, content: 'A box.' },
];
const price = { input: 5, output: 10 };
const remote = (server: FakeModel, name = 'cloud') => ({
  name,
  type: 'remote',
  endpoint: server.openaiEndpoint,
  price,
});
const ollama = (server: FakeModel, name = 'local') => ({
  ...{ name, type: 'ollama', endpoint: server.ollamaEndpoint, path: '/models/llama3', price },
});

const asking = (models: object[]) => modelWorld({ models }, { firstRemote: 1_000, firstLocal: 1_000 });

test.each([
  ['remote', remote],
  ['ollama', ollama],
] as const)('makeAskModel() hands on words and calls of a model of type %s, and counts', async (type, entry) => {
  await using server = await fakeModel(() => ({
    say: 'I look again.',
    call: [{ tool: 'look', args: '{"at":"box"}' }],
  }));
  await using world = await asking([entry(server)]);
  const reply = await world.ask({ messages, tools });
  expect(reply).toEqual({
    text: 'I look again.',
    calls: [{ id: expect.any(String), tool: 'look', args: '{"at":"box"}' }],
    ...{ tokens: { input: 100, output: 10 }, model: entry(server).name, cost: 0.0006 },
  });
  expect(world.heard.at(-1)).toBe('I look again.');
  const { body } = server.asked[0]!;
  expect(body.tools).toMatchObject([{ type: 'function', function: { name: 'look', description: 'Looks.' } }]);
  const [, , called, answered] = body.messages as unknown as Record<string, unknown>[];
  const args = type === 'remote' ? '{"at":"it"}' : { at: 'it' };
  expect(called).toMatchObject({ role: 'assistant', tool_calls: [{ function: { name: 'look', arguments: args } }] });
  expect(answered).toMatchObject(
    type === 'remote' ? { tool_call_id: 'c0', content: 'A box.' } : { tool_name: 'look', content: 'A box.' },
  );
});

test('makeAskModel() asks by Responses where an entry says so: words, calls, an object, and nothing is kept there', async () => {
  await using server = await fakeModel((_last, nth) =>
    nth === 1 ? { say: 'I look again.', call: [{ tool: 'look', args: '{"at":"box"}' }] } : { say: '{"answer":"yes"}' },
  );
  await using world = await asking([{ ...remote(server), api: 'responses' }]);
  expect(await world.ask({ messages, tools })).toEqual({
    text: 'I look again.',
    calls: [{ id: 'c0', tool: 'look', args: '{"at":"box"}' }],
    ...{ tokens: { input: 100, output: 10 }, model: 'cloud', cost: 0.0006 },
  });
  expect(world.heard.at(-1)).toBe('I look again.');
  expect((await world.ask({ schema: yesOrNo })).object).toEqual({ answer: 'yes' });
  const [first, second] = server.asked;
  expect(first).toMatchObject({ path: '/v1/responses', body: { store: false, max_output_tokens: 100 } });
  expect(first!.body.input).toMatchObject([
    { role: 'system', content: 'Be short.' },
    { role: 'user' },
    { type: 'function_call', call_id: 'c0', name: 'look', arguments: '{"at":"it"}' },
    { type: 'function_call_output', call_id: 'c0', output: 'A box.' },
  ]);
  expect(second!.body.text).toMatchObject({ format: { type: 'json_schema', name: 'yes_or_no', strict: true } });
});

test.each<[string, FakeAnswer, string]>([
  ['breaks off', { half: 'I was abo' }, 'modelBusy'],
  ['refuses the key', { status: 401 }, 'modelRefused'],
  ['has too many calls', { status: 429 }, 'modelBusy'],
])('makeAskModel() names what came of Responses where an endpoint %s', async (_what, answer, code) => {
  await using server = await fakeModel(() => answer);
  await using world = await asking([{ ...remote(server), api: 'responses' }]);
  await expect(world.ask()).rejects.toMatchObject({ code });
});

test.each<[string, FakeAnswer]>([
  ['answers 500', { status: 500 }],
  ['answers 429', { status: 429 }],
  ['refuses the key', { status: 401 }],
  ['hangs', { hang: true }],
  ['breaks off before a word', { cut: true }],
])(
  'makeAskModel() goes on to the next model when the first one %s, and leaves that one alone',
  async (_what, fault) => {
    await using ill = await fakeModel(() => fault);
    await using well = await fakeModel(() => ({ say: 'Here.' }));
    await using world = await asking([remote(ill, 'first'), ollama(well, 'second')]);
    const { ask, clock } = world;
    expect(await ask()).toMatchObject({ text: 'Here.', model: 'second' });
    expect(await ask()).toMatchObject({ text: 'Here.', model: 'second' });
    expect(ill.asked).toHaveLength(1);
    clock.advance(601_000 * 6);
    await ask();
    expect(ill.asked).toHaveLength(2);
  },
);

test.each([
  ['remote', remote],
  ['ollama', ollama],
] as const)(
  'makeAskModel() does not go on in the words of another model once one of type %s has begun',
  async (_type, entry) => {
    await using half = await fakeModel(() => ({ half: 'It is a ' }));
    await using well = await fakeModel(() => ({ say: 'Here.' }));
    await using world = await asking([entry(half), remote(well, 'second')]);
    const { ask, heard } = world;
    await expect(ask()).rejects.toMatchObject({ code: 'modelBusy' });
    expect(heard.at(-1)).toBe('It is a ');
    expect(well.asked).toHaveLength(0);
    // The next try begins anew, with one that answers.
    expect(await ask()).toMatchObject({ text: 'Here.', model: 'second' });
  },
);

test('makeAskModel() ends when it is told to, and refuses where no model is set up', async () => {
  await using server = await fakeModel(() => ({ hang: true }));
  await using world = await asking([remote(server)]);
  await using empty = await asking([]);
  const ends = new AbortController();
  const asked = world.ask({ signal: ends.signal });
  setTimeout(() => ends.abort(), 100);
  await expect(asked).rejects.toThrow();
  await expect(empty.ask()).rejects.toMatchObject({ code: 'modelNone' });
});
