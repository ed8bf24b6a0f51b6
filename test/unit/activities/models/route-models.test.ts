/**
 * - A model is asked in the order that the person prefers, then in that of the file, by price or by what was seen.
 * - One that may not or cannot is not asked, and each says why.
 * - One that rests is asked last where it may have come back, and not at all where it said for how long.
 */
import { expect, test } from 'vitest';
import type { ModelNeeds } from '../../../../activities/models/pipeline/process-input.ts';
import { type ModelState, roomToAnswer, routeModels } from '../../../../activities/models/pipeline/route-models.ts';
import { modelsFile } from '../../../../schemas/models-file.ts';

const plain: ModelNeeds = {
  ...{ tools: false, vision: false, audio: false, tokens: 1_000, tokensIn: 500, localOnly: false, optional: false },
};
const remote = (name: string, more: object = {}) => ({
  ...{ name, type: 'remote', endpoint: 'https://models.example/v1', ...more },
});
const local = (name: string, more: object = {}) => ({ name, type: 'ollama', ...more });

function route(file: object, needs: Partial<ModelNeeds> = {}, states: Record<string, ModelState> = {}) {
  const parsed = modelsFile.parse(file);
  return routeModels(parsed, 'question', { ...plain, ...needs }, (name) => states[name] ?? {});
}
const asked = (...given: Parameters<typeof route>) =>
  route(...given)
    .filter(({ place }) => place !== undefined)
    .map(({ entry }) => entry.name);
const whyOf = (name: string, ...given: Parameters<typeof route>) =>
  route(...given)
    .find(({ entry }) => entry.name === name)!
    .reasons.join('; ');

const three = [
  remote('dear', { price: { input: 5, output: 15 } }),
  local('own'),
  remote('cheap', { price: { input: 1, output: 1 } }),
];
const rests = (lastResort: boolean): ModelState => ({
  rests: { until: new Date('2026-11-27T09:00:00Z'), why: 'too many calls', lastResort },
});

test('routeModels() goes by the file, by price, by what was seen, and by what is preferred', () => {
  expect(asked({ models: three })).toEqual(['dear', 'own', 'cheap']);
  expect(asked({ models: three, order: 'cheapest' })).toEqual(['own', 'cheap', 'dear']);
  const seen = { dear: { latencyMs: 300 }, own: { latencyMs: 9_000 } };
  expect(asked({ models: three, order: 'fastest' }, {}, seen)).toEqual(['cheap', 'dear', 'own']);
  // What no size is known of counts as large.
  const sizes = { own: { can: { size: 400_000_000 } }, cheap: { can: { size: 4_700_000_000 } } };
  expect(asked({ models: three, order: 'smallest' }, {}, sizes)).toEqual(['own', 'cheap', 'dear']);
  expect(asked({ models: three, order: 'largest' }, {}, sizes)).toEqual(['dear', 'cheap', 'own']);
  expect(whyOf('cheap', { models: three, order: 'smallest' }, {}, sizes)).toBe('is 4.7 GB large');
  const prefer = { question: ['cheap', 'own'], write: ['dear'] };
  expect(asked({ models: three, prefer })).toEqual(['cheap', 'own', 'dear']);
  expect(whyOf('cheap', { models: three, prefer })).toBe('`prefer.question` names it first; number 3 in models.yaml');
});

test('routeModels() keeps words that must not leave with models that are local', () => {
  const more = [
    ...three,
    remote('lan', { endpoint: 'http://10.0.0.5/v1', insecure: true, local: true }),
    local('far', { endpoint: 'https://ollama.example' }),
  ];
  expect(asked({ models: more }, { localOnly: true })).toEqual(['own', 'lan']);
  expect(whyOf('far', { models: more }, { localOnly: true })).toContain('must not leave');
});

test('routeModels() asks nobody for what it cannot do', () => {
  const models = [local('mute', { can: { tools: false } }), local('short', { can: { context: 800 } }), local('able')];
  expect(asked({ models }, { tools: true })).toEqual(['able']);
  expect(whyOf('mute', { models }, { tools: true })).toBe('not asked: it cannot call tools');
  expect(whyOf('short', { models }, { tools: true })).toBe('not asked: about 1000 tokens do not fit into its 800');
  expect(asked({ models }, { tokens: 700 })).toEqual(['mute', 'short', 'able']);
  // What a person says counts more than what was found.
  const found = { can: { tools: false, context: 100 } };
  const said = [local('able', { can: { tools: true, context: 5_000 } })];
  expect(asked({ models: said }, { tools: true }, { able: found })).toEqual(['able']);
});

test('a model with little room is asked for less of an answer, and one with none is not asked', () => {
  const needs = { tokens: 5_000, tokensIn: 904 };
  expect(roomToAnswer(needs, {})).toBe(4_096);
  expect(roomToAnswer(needs, { context: 32_000 })).toBe(4_096);
  expect(roomToAnswer(needs, { context: 4_096 })).toBe(3_101);
  const models = [local('small', { can: { context: 4_096 } }), local('tiny', { can: { context: 1_400 } })];
  expect(asked({ models }, needs)).toEqual(['small']);
  expect(whyOf('tiny', { models }, needs)).toBe('not asked: about 1416 tokens do not fit into its 1400');
});

test('routeModels() shows pictures and sounds to nobody who takes none, and asks what makes vectors for no words', () => {
  const models = [local('blind', { can: { vision: false } }), remote('able'), remote('vectors')];
  expect(asked({ models, embed: 'vectors' }, { vision: true })).toEqual(['able']);
  expect(whyOf('blind', { models }, { vision: true })).toBe('not asked: it takes no pictures');
  // Their protocols have none.
  const deaf = [...models, { name: 'file', type: 'gguf', path: '/models/a.gguf' }];
  expect(asked({ models: deaf }, { audio: true })).toEqual(['able', 'vectors']);
  expect(whyOf('file', { models: deaf }, { audio: true })).toBe('not asked: it takes no sounds');
  expect(asked({ models, embed: 'vectors' })).toEqual(['blind', 'able']);
  expect(whyOf('vectors', { models, embed: 'vectors' })).toContain('makes vectors and no words');
});

test('routeModels() asks one that is not known to speak a language behind others, unless a person prefers it', () => {
  const models = [local('english', { can: { languages: ['en'] } }), remote('untried'), remote('both')];
  const states = { both: { can: { languages: ['en', 'zh'] as const } } };
  expect(asked({ models }, { language: 'zh' }, states)).toEqual(['untried', 'both', 'english']);
  expect(whyOf('english', { models }, { language: 'zh' }, states)).toContain('it is not known to speak Chinese');
  expect(asked({ models }, { language: 'en' }, states)).toEqual(['english', 'untried', 'both']);
  expect(asked({ models, prefer: { question: ['english'] } }, { language: 'zh' }, states)[0]).toBe('english');
});

test('routeModels() asks one that rests last where it may have come back, and else not', () => {
  const states = { dear: rests(true), own: rests(false) };
  expect(asked({ models: three }, {}, states)).toEqual(['cheap', 'dear']);
  expect(asked({ models: three }, { optional: true }, states)).toEqual(['cheap']);
  const [, , own] = route({ models: three }, {}, states);
  expect(own).toMatchObject({ entry: { name: 'own' }, restsUntil: new Date('2026-11-27T09:00:00Z') });
  // That it rests is not why a word may not leave.
  const [dear] = route({ models: [three[0]!] }, { localOnly: true }, states);
  expect(dear).not.toHaveProperty('restsUntil');
});
