/**
 * - What a person corrected is taken as it was meant from then on, and so is what is like it; of nobody else.
 * - Rules come first, then what was learned, then a model where one is set up for it; a command stays one.
 * - Lessons are sealed, can be taken back, and make the recognition of what was held back no worse.
 */
import { expect, test } from 'vitest';
import { learnIntents } from '../../../../activities/models/pipeline/learn-intents.ts';
import { recogniseIntent } from '../../../../activities/models/pipeline/recognise-intent.ts';
import { makeRecogniser } from '../../../../activities/models/recogniser.ts';
import { languages, utterances } from '../../../../bench/measure-intents.ts';
import { intentLessons } from '../../../../schemas/db/intent-lessons.ts';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import type { Intent } from '../../../../schemas/model-intents.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { dropLesson, keepLesson, readLessons } from '../../../../store/models/intent-lessons.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld } from '../../../support/model-world.ts';

const lessons: readonly (readonly [text: string, intent: Intent])[] = [
  ['Boil it over', 'summarise'],
  ['Boil the thread over for me', 'summarise'],
  ['Put the kettle talk into the books', 'extract'],
];

test('learnIntents() says what the rules say where nothing was learned', () => {
  const guess = learnIntents([]);
  for (const text of ['Please summarise this', 'Wie spät ist es?', '翻译这个', 'hmm'])
    expect(guess(text).intent).toBe(recogniseIntent(text).intent);
});

test('learnIntents() takes what is like a lesson for what it was, and leaves the rest to the rules', () => {
  const guess = learnIntents(lessons.map(([text, intent]) => ({ text, intent })));
  expect(guess('Boil it over')).toMatchObject({ intent: 'summarise', sure: expect.toSatisfy((sure) => sure > 0.6) });
  expect(guess('boil the news over').intent).toBe('summarise');
  expect(guess('Translate the letter into French').intent).toBe('translate');
});

test.each(languages)('learnIntents() is right on what was held back no less often than the rules in %s', (language) => {
  const guess = learnIntents(languages.flatMap((one) => utterances(one, false)));
  const held = utterances(language, true);
  const right = (intentOf: (text: string) => Intent) =>
    held.filter(({ intent, text }) => intentOf(text) === intent).length;
  expect(right((text) => guess(text).intent)).toBeGreaterThanOrEqual(right((text) => recogniseIntent(text).intent));
});

test('a lesson counts from then on, for whoever gave it, until it is taken back', async () => {
  await using world = await modelWorld({ models: [] });
  const { store, personId, clock } = world;
  const recogniser = makeRecogniser(store);
  const intentOf = async (text: string, whose = personId) =>
    (await recogniser.recognise(text, { personId: whose })).intent;
  expect(await intentOf('Boil it over')).toBe('question');
  for (const [text, intent] of lessons) await keepLesson(store, personId, { text, intent });
  clock.advance(10_001);
  expect(await recogniser.recognise('Boil it over', { personId })).toMatchObject({
    intent: 'summarise',
    by: 'lessons',
  });
  expect(await intentOf('/boil it over')).toBe('command');
  const { id: other } = await ensurePerson(store, 'other', 'UTC');
  expect(await intentOf('Boil it over', other)).toBe('question');
  const rows = await store.db.select().from(intentLessons);
  expect(JSON.stringify(rows.map(({ content }) => content.toString('latin1')))).not.toContain('Boil');
  for (const { id } of await readLessons(store, personId)) expect(await dropLesson(store, personId, id)).toBe(true);
  expect(await dropLesson(store, other, rows[0]!.id)).toBe(false);
  clock.advance(10_001);
  expect(await intentOf('Boil it over')).toBe('question');
});

test('a lesson that is kept a second time, by a turn that is tried again, is one', async () => {
  await using world = await modelWorld({ models: [] });
  for (let tries = 0; tries < 2; tries += 1)
    await keepLesson(world.store, world.personId, { text: 'Boil it over', intent: 'summarise' }, 'les_1');
  expect(await readLessons(world.store, world.personId)).toHaveLength(1);
});

test('where nothing says what is wanted, the model for it is asked, once for the same words', async () => {
  await using small = await fakeModel(() => ({ say: '{"intent":"write"}' }));
  await using writer = await fakeModel(() => ({ say: 'Written.' }));
  await using other = await fakeModel(() => ({ say: 'Said.' }));
  const remote = (name: string, { openaiEndpoint: endpoint }: { openaiEndpoint: string }) => ({
    name,
    type: 'remote',
    endpoint,
  });
  await using world = await modelWorld({
    models: [remote('other', other), remote('small', small), remote('writer', writer)],
    ...{ prefer: { write: ['writer'] }, recognise: 'small' },
  });
  const ask = (content: string, more: object = {}) => world.ask({ messages: [{ role: 'user', content }], ...more });
  expect((await ask('Ode an den Herbst')).model).toBe('writer');
  expect((await ask('Ode an den Herbst')).model).toBe('writer');
  expect(small.asked).toHaveLength(1);
  // Rules know this one; and words that must not leave are not shown to find out what they want.
  expect((await ask('Is it late?')).model).toBe('other');
  expect(small.asked).toHaveLength(1);
  await world.meter.idle();
  const purposes = (await world.store.db.select().from(modelCalls).orderBy(modelCalls.id)).map(
    ({ purpose, outcome }) => [purpose, outcome],
  );
  expect(purposes.slice(0, 4)).toEqual([
    ['intent', 'answered'],
    ['turn', 'answered'],
    ['intent', 'reused'],
    ['turn', 'answered'],
  ]);
});

test('a model for it that is ill, lies or is elsewhere holds up nobody', async () => {
  await using small = await fakeModel((_last, nth) => (nth === 1 ? { status: 500 } : { say: 'It says: "command"' }));
  await using other = await fakeModel(() => ({ say: 'Said.' }));
  const models = [
    { name: 'other', type: 'remote', endpoint: other.openaiEndpoint },
    { name: 'small', type: 'remote', endpoint: small.openaiEndpoint, local: false },
  ];
  await using world = await modelWorld({ models, recognise: 'small' });
  const ask = (content: string, more: object = {}) => world.ask({ messages: [{ role: 'user', content }], ...more });
  expect((await ask('Ode an den Herbst')).text).toBe('Said.');
  expect((await ask('Ode an den Winter', { localOnly: true })).text).toBe('Said.');
  expect(small.asked).toHaveLength(1);
  world.clock.advance(60_000);
  expect((await ask('Ode an den Mai')).text).toBe('Said.');
  expect(small.asked).toHaveLength(3);
});
