/**
 * - A model that is told of tools in vain calls them by an object, and is told what came of each in the same form.
 * - A call of no tool, or without arguments, is told to it once, and is no call.
 * - Nothing of the object's form reaches a reader.
 */
import { expect, test } from 'vitest';
import { asEnvelope, readEnvelope } from '../../../../activities/models/pipeline/tool-envelope.ts';
import type { ModelAsk, ModelTool } from '../../../../schemas/model-chat.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld, yesOrNo } from '../../../support/model-world.ts';

const weather: ModelTool = {
  ...{ name: 'weather', does: 'Tells the weather of a city.' },
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const world = (endpoint: string, can: object = { tools: 'envelope' }) =>
  modelWorld({ models: [{ name: 'small', type: 'remote', endpoint, can }] });
const call = '{"tool":"weather","args":{"city":"Rome"}}';

test('a call comes out of the object, under an id of its own', async () => {
  await using far = await fakeModel(() => ({ say: call }));
  await using small = await world(far.openaiEndpoint);
  const [one, other] = [await small.ask({ tools: [weather] }), await small.ask({ tools: [weather] })];
  expect(one).toMatchObject({ text: '', calls: [{ tool: 'weather', args: '{"city":"Rome"}' }] });
  expect(one.calls[0]!.id).not.toBe(other.calls[0]!.id);
  expect(small.heard).toEqual([]);
  const { tools, response_format: format, messages } = far.asked[0]!.body;
  expect(tools).toBeUndefined();
  expect(JSON.stringify(format)).toContain('"const":"weather"');
  expect(messages[0]).toMatchObject({
    role: 'system',
    content: expect.stringContaining('Tells the weather of a city.'),
  });
});

test('the answer comes out of the object, as text or as the object that was asked for', async () => {
  await using far = await fakeModel((_last, nth) => ({
    say: nth === 1 ? '{"tool":"answer","answer":"It rains."}' : '{"tool":"answer","answer":{"answer":"yes"}}',
  }));
  await using small = await world(far.openaiEndpoint);
  expect(await small.ask({ tools: [weather] })).toMatchObject({ text: 'It rains.', calls: [] });
  expect(await small.ask({ tools: [weather], schema: yesOrNo })).toMatchObject({
    object: { answer: 'yes' },
    calls: [],
  });
});

test.each([
  ['a tool that there is not', '{"tool":"rm","args":{}}', 'its "tool" is the name of none'],
  ['no arguments', '{"tool":"weather"}', 'its "args" are no object'],
  ['an answer that is no text', '{"tool":"answer","answer":5}', 'its "answer" is no text'],
])('a model that names %s is told so once', async (_what, said, told) => {
  await using far = await fakeModel((_last, nth) => ({ say: nth === 1 ? said : call }));
  await using small = await world(far.openaiEndpoint);
  expect((await small.ask({ tools: [weather] })).calls).toMatchObject([{ tool: 'weather' }]);
  expect(far.asked[1]!.body.messages.at(-1)!.content).toContain(told);
});

test('what was called and what it gave is told in the form in which it is asked for', () => {
  const rome = { id: 'call-1', tool: 'weather', args: '{"city":"Rome"}' };
  const ask: ModelAsk = {
    messages: [
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: 'Let me look.', calls: [rome, { ...rome, args: 'no json' }] },
      { role: 'tool', call: rome, content: 'rain' },
    ],
    ...{ tools: [weather], maxOutputTokens: 10, for: { personId: 'p', purpose: 'turn' } },
  };
  const { messages, tools } = asEnvelope(ask);
  expect(tools).toEqual([]);
  expect(messages.map(({ role }) => role)).toEqual(['system', 'system', 'user', 'assistant', 'user']);
  expect(messages.slice(3).map(({ content }) => content)).toEqual([
    '{"tool":"answer","answer":"Let me look."}\n{"tool":"weather","args":{"city":"Rome"}}\n{"tool":"weather","args":"no json"}',
    'What weather gave:\nrain',
  ]);
  expect(readEnvelope({ tool: 'answer', answer: 'Rain.' })).toEqual({ text: 'Rain.', calls: [] });
});

test('without tools, and by a model that calls them itself, nothing is put into an envelope', async () => {
  await using far = await fakeModel(() => ({ say: 'Here.' }));
  await using small = await world(far.openaiEndpoint);
  expect((await small.ask()).text).toBe('Here.');
  await using able = await world(far.openaiEndpoint, {});
  expect((await able.ask({ tools: [weather] })).text).toBe('Here.');
  expect(far.asked.map(({ body }) => [body.tools !== undefined, body.response_format !== undefined])).toEqual([
    [false, false],
    [true, false],
  ]);
});
