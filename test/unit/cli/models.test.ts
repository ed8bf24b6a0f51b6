// - Models are listed as they stand, tried for real, and what would be asked of whom is said without asking anybody.
// - No key is in what is printed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiWorld, apiWorld } from '../../support/api-world.ts';
import { type FakeModel, fakeModel } from '../../support/fake-openai.ts';
import { ownNamespace } from '../../support/own-namespace.ts';
import { type TestTemporal, temporal } from '../../support/temporal.ts';

let server: TestTemporal;
let world: ApiWorld;
let able: FakeModel;
let plain: FakeModel;
let small: FakeModel;
beforeAll(async () => {
  server = await temporal();
  world = await apiWorld((await ownNamespace(server)).client, '2026-11-27T08:00:00Z');
  able = await fakeModel((last) =>
    last.includes('weather')
      ? { call: [{ tool: 'weather', args: '{"city":"Rome"}' }] }
      : { say: last.includes('JSON') ? '{"answer":"yes"}' : 'OK' },
  );
  plain = await fakeModel((last) => (last.includes('weather') ? { status: 400 } : { say: 'OK' }));
  // Told of a tool in the form of calls it talks of the weather; told in words it calls.
  small = await fakeModel((last, _nth, { response_format: format }) =>
    JSON.stringify(format ?? '').includes('weather')
      ? { say: '{"tool":"weather","args":{"city":"Rome"}}' }
      : { say: last.includes('JSON') ? '{"answer":"yes"}' : 'It may rain.' },
  );
});
afterAll(async () => {
  for (const one of [able, plain, small, world, server]) await one[Symbol.asyncDispose]();
});

const key = 'key-canary';
const remote = (name: string, { openaiEndpoint: endpoint }: FakeModel, more: object = {}) => ({
  ...{ name, type: 'remote', endpoint, auth: { api_key: key }, ...more },
});
const json = async (...words: string[]) => {
  const ran = await world.steward('models', ...words, '--json');
  expect(ran.out + ran.err).not.toContain(key);
  return JSON.parse(ran.out);
};

test('steward models test asks for words, an object and a tool, and keeps what each can do', async () => {
  world.use({}, { models: [remote('able', able), remote('plain', plain), remote('small', small)] });
  const { trials } = await json('test');
  expect(trials).toMatchObject([
    { name: 'able', outcome: 'answered', can: { tools: true, schema: true }, tokens: 8 * 110 },
    { name: 'plain', outcome: 'answered', can: { tools: false, schema: false } },
    { name: 'small', outcome: 'answered', can: { tools: 'envelope', schema: true } },
  ]);
  const { models } = await json('list');
  expect(models).toMatchObject([
    { name: 'able', local: true, can: { tools: true, schema: true }, seen: { calls: 8, answered: 8 } },
    { name: 'plain', can: { tools: false, schema: false } },
    { name: 'small', can: { tools: 'envelope', schema: true } },
  ]);
  // An entry that stands for another model now was not tried.
  world.use({}, { models: [remote('able', able, { model: 'other' })] });
  expect((await json('list')).models).toMatchObject([{ name: 'able', can: {} }]);
});

test('steward models test shows a picture, plays a sound and speaks languages; what makes vectors makes one', async () => {
  await using seeing = await fakeModel((last, _nth, { messages }) => {
    const parts = messages.at(-1)!.content as unknown as readonly { readonly type: string }[];
    const [first] = typeof parts === 'string' ? [] : parts;
    if (first?.type === 'image_url') return { say: 'Yellow, green.' };
    // As servers of llama.cpp do with what a model cannot take.
    if (first?.type === 'input_audio') return { status: 500 };
    if (last.includes('Schnee')) return { say: 'Er ist weiß und liegt auf den Dächern.' };
    return { say: last.includes('JSON') ? '{"answer":"yes"}' : 'It is white, and lies on the roofs.' };
  });
  await using vectors = await fakeModel(() => ({ say: '' }));
  world.use({}, { models: [remote('seeing', seeing), remote('vectors', vectors)], embed: 'vectors' });
  const { trials } = await json('test');
  expect(trials).toMatchObject([
    { outcome: 'answered', can: { vision: true, audio: false, languages: ['en', 'de'], tools: false } },
    { outcome: 'answered', can: { dimensions: 8 } },
  ]);
  const { out } = await world.steward('models');
  expect(out).toMatch(/seeing .*no tools, objects, pictures, en\/de/);
  expect(out).toMatch(/vectors .*vectors of 8/);
  expect((await json('explain', '--no-tools', 'What is it?')).models).toMatchObject([
    { name: 'seeing', place: 1 },
    { name: 'vectors' },
  ]);
});

test('steward models test says what is wrong, with an exit code', async () => {
  await using refusing = await fakeModel(() => ({ status: 401 }));
  world.use({}, { models: [remote('a', refusing)] });
  const ran = await world.steward('models', 'test', 'a');
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('a: noKey, the key is refused: status 401 or 403');
  const unknown = await world.steward('models', 'test', 'nobody');
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain('There is no model nobody in models.yaml');
});

test('steward models explain says who would be asked and why, and asks nobody', async () => {
  const models = [
    remote('cloud', able, { local: false }),
    remote('own', plain),
    remote('short', plain, { can: { context: 300 } }),
  ];
  world.use({}, { models, prefer: { summarise: ['own'] } });
  const asked = able.asked.length + plain.asked.length;
  const route = await json('explain', 'Please summarise this thread');
  expect(route).toMatchObject({
    intent: 'summarise',
    why: 'it says “summar”',
    models: [{ name: 'own', place: 1 }, { name: 'cloud', place: 2 }, { name: 'short' }],
  });
  expect(route.models[0].reasons[0]).toBe('`prefer.summarise` names it first');
  const { out } = await world.steward('models', 'explain', '--local-only', 'What is in my mail?');
  expect(out).toMatch(/question: it asks something/);
  expect(out).toMatch(/1 +own/);
  expect(out).toMatch(/- +cloud +not asked: these words must not leave, and it is not local/);
  expect(out).toMatch(/- +short +not asked: about \d+ tokens do not fit into its 300/);
  expect(able.asked.length + plain.asked.length).toBe(asked);
});

test('steward models teach keeps what was meant, explain goes by it, and unteach forgets it', async () => {
  world.use({}, { models: [remote('able', able)] });
  const taught = await json('teach', 'Boil the thread over', '--intent', 'summarise');
  expect(taught).toMatchObject({ lessons: 1 });
  expect((await json('lessons')).lessons).toEqual([
    { id: taught.id, text: 'Boil the thread over', intent: 'summarise' },
  ]);
  world.clock.advance(10_001);
  expect(await json('explain', 'Boil the thread over')).toMatchObject({
    intent: 'summarise',
    why: expect.stringContaining('you meant so'),
  });
  expect(await json('unteach', taught.id)).toEqual({ id: taught.id });
  expect((await world.steward('models', 'unteach', taught.id)).err).toContain('There is no lesson');
  expect((await world.steward('models', 'teach', 'x', '--intent', 'dance')).err).toContain('Allowed choices are');
});

test('steward models says so where there are none', async () => {
  world.use({});
  expect((await world.steward('models')).out).toContain('No model is set up');
});
