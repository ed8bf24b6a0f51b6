/**
 * - The same question of the same person is asked once: one after another, at the same time, and by several workers.
 * - What is not to be the same each time is asked each time; nobody is given what another was told.
 * - What is kept is sealed, ends, and is in force no longer than it keeps to what is asked for.
 */
import { expect, test, vi } from 'vitest';
import { makeAskModel } from '../../../../activities/models/ask-models.ts';
import { keptAnswers } from '../../../../schemas/db/kept-answers.ts';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import type { ModelAsk } from '../../../../schemas/model-chat.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { type ModelWorld, modelWorld, yesOrNo } from '../../../support/model-world.ts';

const counting = (afterMs = 0) => fakeModel((_last, nth) => ({ say: `Answer ${nth}.`, afterMs }));
const one = (endpoint: string, more: object = {}) => ({
  models: [{ name: 'm', type: 'remote', endpoint, price: { input: 1, output: 1 } }],
  ...more,
});
const repeatable = { temperature: 0 } as const;
const outcomes = async ({ meter, store }: ModelWorld) => {
  await meter.idle();
  const calls = await store.db.select().from(modelCalls).orderBy(modelCalls.id);
  return calls.map(({ outcome, cost }) => [outcome, cost > 0]);
};

test('the same question is asked once, costs once, and both times are on record', async () => {
  await using far = await counting();
  await using world = await modelWorld(one(far.openaiEndpoint));
  const first = await world.ask(repeatable);
  const second = await world.ask(repeatable);
  expect([first.text, second.text]).toEqual(['Answer 1.', 'Answer 1.']);
  expect(second).toMatchObject({ model: 'm', cost: 0, tokens: { input: 0, output: 0 } });
  expect(far.asked).toHaveLength(1);
  expect(world.heard.at(-1)).toBe('Answer 1.');
  expect(await outcomes(world)).toEqual([
    ['answered', true],
    ['reused', false],
  ]);
});

test.each<[string, Partial<ModelAsk>, Partial<ModelAsk>]>([
  ['other words', repeatable, { ...repeatable, messages: [{ role: 'user', content: 'What is that?' }] }],
  ['another bound', repeatable, { ...repeatable, maxOutputTokens: 99 }],
  ['a temperature of its own', { temperature: 1 }, { temperature: 1 }],
  ['a wish for a new answer', repeatable, { ...repeatable, fresh: true }],
  [
    'tools',
    { ...repeatable, tools: [{ name: 't', does: 'x', parameters: {} }] },
    { ...repeatable, tools: [{ name: 't', does: 'x', parameters: {} }] },
  ],
])('a question with %s is asked', async (_what, before, after) => {
  await using far = await counting();
  await using world = await modelWorld(one(far.openaiEndpoint));
  await world.ask(before);
  expect((await world.ask(after)).text).toBe('Answer 2.');
});

test('another model, another provider of it and a file without a cache are asked', async () => {
  await using far = await counting();
  await using other = await counting();
  await using world = await modelWorld(one(far.openaiEndpoint));
  await world.ask(repeatable);
  world.use(one(other.openaiEndpoint));
  await world.ask(repeatable);
  world.use({ models: [{ name: 'm', type: 'remote', endpoint: far.openaiEndpoint, model: 'bigger' }] });
  await world.ask(repeatable);
  world.use(one(far.openaiEndpoint, { cache: { hours: 0 } }));
  await world.ask(repeatable);
  expect([far.asked.length, other.asked.length]).toEqual([3, 1]);
});

test('what one person was told is given to nobody else', async () => {
  await using far = await counting();
  await using world = await modelWorld(one(far.openaiEndpoint));
  const { id: personId } = await ensurePerson(world.store, 'other', 'UTC');
  await world.ask(repeatable);
  const { text } = await world.ask({ ...repeatable, for: { personId, purpose: 'turn' } });
  expect(text).toBe('Answer 2.');
});

test('twenty who ask at the same time are told what one was, and one who leaves takes nobody along', async () => {
  // The first is never answered.
  await using far = await fakeModel((_last, nth) => (nth === 1 ? { hang: true } : { say: `Answer ${nth}.` }));
  await using world = await modelWorld(one(far.openaiEndpoint));
  const leaving = new AbortController();
  const first = world.ask({ ...repeatable, signal: leaving.signal });
  // Whoever comes now finds it asking.
  await vi.waitUntil(() => far.asked.length === 1);
  const others = Array.from({ length: 20 }, () => world.ask(repeatable));
  const impatient = AbortSignal.timeout(20);
  const left = world.ask({ ...repeatable, signal: impatient });
  await expect(left).rejects.toThrow('aborted due to timeout');
  expect(far.asked).toHaveLength(1);
  leaving.abort(new Error('not any more'));
  await expect(first).rejects.toThrow('not any more');
  const texts = new Set((await Promise.all(others)).map(({ text }) => text));
  expect(texts.size).toBe(1);
  // The one that was left, and the one that took its place.
  expect(far.asked).toHaveLength(2);
});

test('two workers that ask at the same time are one question; a dead one is waited for no longer than it could live', async () => {
  await using far = await counting(150);
  await using world = await modelWorld(one(far.openaiEndpoint));
  const worker = () => makeAskModel({ ...world.parts, cache: world.newCache() });
  const ask: ModelAsk = {
    messages: [{ role: 'user', content: 'What is it?' }],
    ...{ tools: [], maxOutputTokens: 100, temperature: 0, for: { personId: world.personId, purpose: 'turn' } },
  };
  const answers = await Promise.all([worker()(ask), worker()(ask), worker()(ask)]);
  expect(answers.map(({ text }) => text)).toEqual(['Answer 1.', 'Answer 1.', 'Answer 1.']);
  expect(far.asked).toHaveLength(1);

  // A worker says that it asks, and is killed: nothing renews what it said.
  const claims: string[] = [];
  const { hot } = world;
  const dying = {
    ...hot,
    claim: async (key: string, value: string, ms: number) => {
      claims.push(key);
      return await hot.claim(key, value, ms);
    },
  };
  const other = { ...ask, maxOutputTokens: 101 };
  await makeAskModel({ ...world.parts, cache: world.newCache(dying) })(other);
  await world.store.db.delete(keptAnswers);
  await hot.claim(claims.at(-1)!, '1', 6_000);
  const waiting = worker()(other);
  setTimeout(() => world.clock.advance(6_001), 100);
  expect((await waiting).text).toBe('Answer 3.');
});

test('what is kept shows nothing, ends after its hours, and one that was changed at rest is asked again', async () => {
  await using far = await counting();
  await using world = await modelWorld(one(far.openaiEndpoint, { cache: { hours: 1 } }));
  await world.ask(repeatable);
  const [row] = await world.store.db.select().from(keptAnswers);
  expect(JSON.stringify([row!.print, row!.content.toString('latin1')])).not.toMatch(/What is it|Answer/);
  await world.store.db.update(keptAnswers).set({ content: Buffer.from(row!.content).fill(7, 20, 22) });
  expect((await world.ask(repeatable)).text).toBe('Answer 2.');
  world.clock.advance(3_600_001);
  expect((await world.ask(repeatable)).text).toBe('Answer 3.');
  expect(await world.store.db.select().from(keptAnswers)).toHaveLength(1);
});

test('an object is looked at again before it is given a second time', async () => {
  await using far = await fakeModel((_last, nth) => ({ say: nth === 1 ? '{"answer":"yes"}' : '{"answer":"no"}' }));
  await using world = await modelWorld(one(far.openaiEndpoint));
  const ask = { ...repeatable, schema: yesOrNo };
  expect((await world.ask(ask)).object).toEqual({ answer: 'yes' });
  expect((await world.ask(ask)).object).toEqual({ answer: 'yes' });
  const stricter = {
    ...yesOrNo,
    check: (v: unknown) => ((v as { answer: string }).answer === 'no' ? undefined : 'old'),
  };
  expect((await world.ask({ ...ask, schema: stricter })).object).toEqual({ answer: 'no' });
});
