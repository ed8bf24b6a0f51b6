/**
 * - What a new entry can do is found out once, by one process, and never where the file says not to.
 * - One that does not answer is asked again the next time, and a stop ends what is under way.
 */
import { expect, test } from 'vitest';
import { probeNew } from '../../../../activities/models/probe-new.ts';
import { readProbes } from '../../../../store/models/model-probes.ts';
import { type FakeAnswer, fakeModel } from '../../../support/fake-openai.ts';
import { type ModelWorld, modelWorld } from '../../../support/model-world.ts';

const fileOf = (endpoint: string, more = {}) => ({
  models: [{ name: 'm', type: 'remote', endpoint, can: { vision: false, audio: false } }],
  ...more,
});
const depsOf = (world: ModelWorld) => ({
  ...{ ...world.parts, store: world.store, hot: world.hot, personId: world.personId },
  log: { info: () => undefined },
});
const going = new AbortController().signal;
const found = async (world: ModelWorld) =>
  (await readProbes(world.store, world.parts.files.current().models.models)).get('m');

test('probeNew() finds out once what a model can do, whoever asks at the same time', async () => {
  await using far = await fakeModel(() => ({ say: 'Snow is cold and white, and it is all over the ground.' }));
  await using world = await modelWorld(fileOf(far.openaiEndpoint));
  await Promise.all([probeNew(depsOf(world), going), probeNew(depsOf(world), going)]);
  const asked = far.asked.length;
  expect(await found(world)).toMatchObject({ tools: false, schema: false, languages: ['en'] });
  expect(far.asked.filter(({ body }) => JSON.stringify(body.messages).includes('the one word OK'))).toHaveLength(1);
  await probeNew(depsOf(world), going);
  expect(far.asked).toHaveLength(asked);
  // Another model behind the same name is a new one.
  world.use({ models: [{ ...fileOf(far.openaiEndpoint).models[0], model: 'other' }] });
  await probeNew(depsOf(world), going);
  expect(far.asked.length).toBeGreaterThan(asked);
});

test('probeNew() asks nothing where the file says so', async () => {
  await using far = await fakeModel(() => ({ say: 'Snow.' }));
  await using world = await modelWorld(fileOf(far.openaiEndpoint, { probe: false }));
  await probeNew(depsOf(world), going);
  expect([far.asked.length, await found(world)]).toEqual([0, undefined]);
});

test('probeNew() tries one that did not answer again the next time, and ends at a stop', async () => {
  let answer: FakeAnswer = { status: 500 };
  await using far = await fakeModel(() => answer);
  await using world = await modelWorld(fileOf(far.openaiEndpoint));
  await probeNew(depsOf(world), going);
  expect([far.asked.length, await found(world)]).toEqual([1, undefined]);
  answer = { hang: true };
  const over = new AbortController();
  const under = probeNew(depsOf(world), over.signal);
  await expect.poll(() => far.asked.length).toBe(2);
  over.abort();
  await under;
  answer = { say: 'Snow is cold and white.' };
  await probeNew(depsOf(world), going);
  expect(await found(world)).toBeDefined();
});
