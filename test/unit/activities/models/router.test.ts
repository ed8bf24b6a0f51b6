/**
 * - Retry, fallback and cooldown are three things: nothing is asked twice here, the next one is asked, and what failed is
 *   left alone for as long as it says, or longer each time.
 * - No budget and no limit is gone beyond, however many ask at once; what a provider counts is not taken on its word.
 * - An object is what was asked for, or it is none; what a provider sends without end is cut off.
 * - No key is in a failure, a log line or the record of a call.
 */
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { modelCalls } from '../../../../schemas/db/model-calls.ts';
import { ensurePerson } from '../../../../store/ensure-person.ts';
import { spentOfDay } from '../../../../store/models/model-calls.ts';
import { handleOf } from '../../../../store/people/handle-of.ts';
import { type FakeAnswer, type FakeModel, fakeModel } from '../../../support/fake-openai.ts';
import { type ModelWorld, modelWorld, yesOrNo } from '../../../support/model-world.ts';

const remote = (server: FakeModel, name: string, more: object = {}) => ({
  ...{ name, type: 'remote', endpoint: server.openaiEndpoint, auth: { api_key: `key-canary-${name}` }, ...more },
});
const well = () => fakeModel(() => ({ say: 'Here.' }));
const ill = (fault: FakeAnswer) => fakeModel(() => fault);
const recordOf = async ({ meter, store }: ModelWorld) => {
  await meter.idle();
  return await store.db.select().from(modelCalls).orderBy(modelCalls.id);
};

describe('a model that fails', () => {
  test.each<[string, FakeAnswer, string]>([
    ['429', { status: 429 }, 'limited'],
    ['500', { status: 500 }, 'away'],
    ['400', { status: 400 }, 'badRequest'],
    ['401', { status: 401 }, 'noKey'],
    ['402', { status: 402 }, 'noMoney'],
    ['403', { status: 403 }, 'noKey'],
    ['404', { status: 404 }, 'noModel'],
    ['429 of an empty purse', { status: 429, code: 'insufficient_quota' }, 'noMoney'],
    ['a context that is too long', { status: 400, code: 'context_length_exceeded' }, 'tooLong'],
    ['a cut before the first word', { cut: true }, 'away'],
    ['bytes of no protocol', { raw: '<html>hello</html>' }, 'broke'],
    ['a stream of broken JSON', { raw: 'data: {"choices":[\n\n' }, 'broke'],
    ['an error within the stream', { raw: 'data: {"error":{"message":"overloaded"}}\n\n' }, 'broke'],
  ])('with %s is asked once, put on record, and the next one answers', async (_what, fault, outcome) => {
    await using first = await ill(fault);
    await using second = await well();
    await using world = await modelWorld({ models: [remote(first, 'first'), remote(second, 'second')] });
    expect(await world.ask()).toMatchObject({ text: 'Here.', model: 'second' });
    expect(first.asked).toHaveLength(1);
    const calls = await recordOf(world);
    expect(calls.map((call) => [call.model, call.outcome])).toEqual([
      ['first', outcome],
      ['second', 'answered'],
    ]);
  });

  test('is not asked before the time that it named, and then is', async () => {
    await using busy = await fakeModel((_last, nth) =>
      nth === 1 ? { status: 429, retryAfter: '120' } : { say: 'Back.' },
    );
    await using world = await modelWorld({ models: [remote(busy, 'only')] });
    await expect(world.ask()).rejects.toMatchObject({ code: 'modelBusy', waitMs: 120_000 });
    world.clock.advance(119_000);
    await expect(world.ask()).rejects.toMatchObject({ code: 'modelBusy', waitMs: 1_000 });
    expect(busy.asked).toHaveLength(1);
    world.clock.advance(1_001);
    expect(await world.ask()).toMatchObject({ text: 'Back.' });
  });

  test('rests twice as long each time in a row, and an answer ends the row', async () => {
    let fails = true;
    await using shaky = await fakeModel(() => (fails ? { status: 429 } : { say: 'Back.' }));
    await using world = await modelWorld({ models: [remote(shaky, 'only')] });
    const waits: number[] = [];
    const look = async () => {
      const failed = await world.ask().catch((error: { waitMs: number }) => error);
      return 'waitMs' in failed ? failed.waitMs : 0;
    };
    for (let nth = 0; nth < 8; nth += 1) {
      await look();
      waits.push((await look()) ?? 0);
      world.clock.advance(waits.at(-1)! + 1);
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
    fails = false;
    await world.ask();
    fails = true;
    await look();
    expect(await look()).toBe(10_000);
  });

  test('takes its provider with it where the key or the purse is at fault, until the key changes', async () => {
    await using provider = await fakeModel((_last, nth) => (nth === 1 ? { status: 401 } : { say: 'Here.' }));
    const both = (key: string) => ['a', 'b'].map((name) => remote(provider, name, { auth: { api_key: key } }));
    await using world = await modelWorld({ models: both('key-old') });
    await expect(world.ask()).rejects.toMatchObject({ code: expect.stringMatching(/^model/) });
    expect(provider.asked).toHaveLength(1);
    world.use({ models: both('key-new') });
    expect(await world.ask()).toMatchObject({ model: 'a' });
  });

  test('is asked without what it does not know: a schema, or to tell what it counted', async () => {
    await using old = await fakeModel((_last, nth) =>
      nth === 1
        ? { status: 400, words: 'unknown field: stream_options' }
        : nth === 2
          ? { status: 400, words: 'response_format json_schema is not supported' }
          : { say: '{"answer":"yes"}' },
    );
    await using world = await modelWorld({ models: [remote(old, 'old')] });
    expect(await world.ask({ schema: yesOrNo })).toMatchObject({ object: { answer: 'yes' } });
    expect(old.asked.map(({ body }) => [body.stream_options, (body.response_format as { type: string }).type])).toEqual(
      [
        [{ include_usage: true }, 'json_schema'],
        [undefined, 'json_schema'],
        [undefined, 'json_object'],
      ],
    );
  });
});

describe('an object', () => {
  test('is asked for once more with what is wrong, and then of the next model', async () => {
    await using liar = await fakeModel(() => ({ say: '{"answer":"perhaps canary-said"}' }));
    await using second = await fakeModel((_last, nth) => ({ say: nth === 1 ? 'Sure!' : '```\n{"answer":"no"}\n```' }));
    await using world = await modelWorld({ models: [remote(liar, 'liar'), remote(second, 'second')] });
    expect(await world.ask({ schema: yesOrNo })).toMatchObject({ model: 'second', object: { answer: 'no' } });
    const told = [liar, second].map(({ asked }) => asked[1]!.body.messages.at(-1)!.content);
    expect(told[0]).toContain('answer is no answer');
    expect(told[1]).toContain('there is no JSON object in it');
    const calls = await recordOf(world);
    expect(calls.map(({ model, outcome }) => `${model} ${outcome}`)).toEqual([
      ...['liar lied', 'liar lied', 'second lied', 'second answered'],
    ]);
  });

  test('is none where every model lies; after three such answers in a row a model is left alone', async () => {
    await using liar = await fakeModel(() => ({ say: 'no' }));
    await using world = await modelWorld({ models: [remote(liar, 'liar')] });
    for (let nth = 0; nth < 3; nth += 1)
      await expect(world.ask({ schema: yesOrNo })).rejects.toMatchObject({ code: 'modelLied' });
    await expect(world.ask({ schema: yesOrNo })).rejects.toMatchObject({ code: 'modelBusy' });
    expect(liar.asked).toHaveLength(6);
  });
});

describe('what never ends', () => {
  test('is cut off by its length, and by its time', async () => {
    await using long = await fakeModel(() => ({ endless: 'x'.repeat(100_000) }));
    await using slow = await fakeModel(() => ({ say: 'a b c d e f g h i j k l m n o p', everyMs: 300 }));
    await using world = await modelWorld({ models: [remote(long, 'long')] }, { whole: 30_000 });
    await expect(world.ask()).rejects.toMatchObject({ code: 'modelBusy' });
    world.use({ models: [remote(slow, 'slow')] });
    await using hasty = await modelWorld({ models: [remote(slow, 'slow')] }, { whole: 900 });
    await expect(hasty.ask()).rejects.toMatchObject({ code: 'modelBusy' });
    expect((await recordOf(world)).map(({ outcome }) => outcome)).toEqual(['tooMuch']);
    expect((await recordOf(hasty)).map(({ outcome }) => outcome)).toEqual(['tooMuch']);
  }, 60_000);

  test('gives way to the next model where no word comes in time', async () => {
    await using silent = await ill({ hang: true });
    await using second = await well();
    const models = [remote(silent, 'silent'), remote(second, 'second')];
    await using world = await modelWorld({ models }, { firstRemote: 300, firstLocal: 300, whole: 20_000 });
    expect(await world.ask()).toMatchObject({ model: 'second' });
    expect((await recordOf(world)).map(({ outcome }) => outcome)).toEqual(['slow', 'answered']);
  });
});

describe('a budget', () => {
  const price = { input: 10, output: 10 };
  test('is not gone beyond by many at once, and counts 24 hours back', async () => {
    await using server = await well();
    const models = [remote(server, 'dear', { price, budget: { costPerDay: 0.01 } })];
    await using world = await modelWorld({ models });
    // 110 tokens of an answer cost 0.0011; before it is there, up to 100 and the question are held.
    const asked = await Promise.allSettled(Array.from({ length: 30 }, () => world.ask()));
    const answered = asked.filter(({ status }) => status === 'fulfilled').length;
    expect(answered).toBeGreaterThan(0);
    expect((await spentOfDay(world.store)).cost).toBeLessThanOrEqual(0.01);
    await world.meter.idle();
    expect((await spentOfDay(world.store)).cost).toBeLessThanOrEqual(0.01);
    for (;;)
      if (
        !(await world.ask().then(
          () => true,
          () => false,
        ))
      )
        break;
    await world.meter.idle();
    const { cost } = await spentOfDay(world.store);
    expect(cost).toBeLessThanOrEqual(0.01);
    // It was used, not only kept.
    expect(cost).toBeGreaterThan(0.0075);
    await expect(world.ask()).rejects.toMatchObject({ code: 'modelNone' });
    world.clock.advance(24 * 3_600_000 + 1);
    expect(await world.ask()).toMatchObject({ model: 'dear' });
  });

  test.each([
    ['person', 'test', {}, {}],
    ['trigger', 'hourly', { trigger: 'hourly' }, { trigger: 'daily' }],
    ['flow', 'emailDigest', { flow: 'emailDigest' }, { flow: 'conversation' }],
  ] as const)('of a %s stops what it is of, and says which it was', async (kind, name, spends, other) => {
    await using server = await well();
    await using world = await modelWorld({ models: [] });
    const { personId } = world;
    const handle = kind === 'person' ? (await handleOf(world.store, personId))! : name;
    world.use({ models: [remote(server, 'm')], budgets: { [kind]: { [handle]: { tokensPerDay: 1_000 } } } });
    const ask = (of: object) => world.ask({ for: { personId, purpose: 'digest', ...of } });
    const runAway = async () => {
      for (let nth = 0; nth < 50; nth += 1) await ask(spends);
    };
    await expect(runAway()).rejects.toThrow(`it would go beyond \`budgets.${kind}.${handle}.tokensPerDay\``);
    expect(server.asked.length).toBeGreaterThan(3);
    const { id: somebody } = await ensurePerson(world.store, 'somebody', 'UTC');
    const free = kind === 'person' ? { personId: somebody } : other;
    expect(await ask(free)).toMatchObject({ model: 'm' });
  });

  test('is that of the model that bills: a fallback has its own, and that of all holds for it too', async () => {
    await using away = await ill({ status: 503 });
    await using paid = await well();
    const free = remote(away, 'free');
    await using world = await modelWorld({
      models: [free, remote(paid, 'paid', { price, budget: { tokensPerDay: 1_000 } })],
    });
    for (;;)
      if (
        !(await world.ask().then(
          () => true,
          () => false,
        ))
      )
        break;
    expect((await spentOfDay(world.store, { model: 'paid' })).tokens).toBeLessThanOrEqual(1_000);
    const asked = paid.asked.length;
    world.use({ models: [free, remote(paid, 'paid', { price })], budget: { tokensPerDay: 1_000 } });
    await expect(world.ask()).rejects.toMatchObject({ code: expect.stringMatching(/^model/) });
    expect(paid.asked).toHaveLength(asked);
  });

  test.each([
    ['nothing', { prompt_tokens: 0, completion_tokens: 0 }],
    ['less than nothing', { prompt_tokens: -5, completion_tokens: -5 }],
    ['words', { prompt_tokens: 'many', completion_tokens: null }],
    ['no count', null],
  ])('counts by itself where a provider says that it was %s', async (_what, usage) => {
    await using liar = await fakeModel(() => ({ say: 'word '.repeat(2_000), usage: usage as object }));
    await using world = await modelWorld({ models: [remote(liar, 'liar', { price })] });
    const long = [{ role: 'user' as const, content: 'word '.repeat(4_000) }];
    const { tokens } = await world.ask({ messages: long });
    expect(tokens.input).toBeGreaterThan(4_000);
    expect(tokens.output).toBeGreaterThan(2_000);
    expect(await recordOf(world)).toMatchObject([{ inputTokens: tokens.input, outputTokens: tokens.output }]);
  });

  test('counts what was charged of an answer that broke off, and nothing of one that was refused', async () => {
    await using half = await ill({ half: 'word '.repeat(400) });
    await using busy = await ill({ status: 429 });
    await using world = await modelWorld({ models: [remote(busy, 'busy'), remote(half, 'half')] });
    await expect(world.ask()).rejects.toMatchObject({ code: 'modelBusy' });
    const [refused, broken] = await recordOf(world);
    expect(refused).toMatchObject({ outcome: 'limited', inputTokens: 0, outputTokens: 0 });
    expect(broken).toMatchObject({ outcome: 'broke', outputTokens: 500 });
  });
});

describe('a limit', () => {
  test('sends the rest to the next model once the turn is too far away', async () => {
    await using first = await well();
    await using second = await well();
    const limits = { requestsPerMinute: 2 };
    await using world = await modelWorld({ models: [remote(first, 'first', { limits }), remote(second, 'second')] });
    const models = [];
    for (let nth = 0; nth < 4; nth += 1) models.push((await world.ask()).model);
    expect(models).toEqual(['first', 'second', 'second', 'second']);
    world.clock.advance(60_000);
    expect((await world.ask()).model).toBe('first');
    // Our own limit says nothing of the far side.
    expect(first.asked).toHaveLength(2);
  });
});

test('words that must not leave are asked of a model here, and of none elsewhere, whatever fails', async () => {
  await using far = await well();
  await using here = await ill({ status: 500 });
  const models = [remote(far, 'far', { local: false }), remote(here, 'here')];
  await using world = await modelWorld({ models, prefer: { question: ['far'] } });
  const secret = { messages: [{ role: 'user' as const, content: 'canary-private' }], localOnly: true };
  await expect(world.ask(secret)).rejects.toMatchObject({ code: 'modelBusy' });
  expect([far.asked.length, here.asked.length]).toEqual([0, 1]);
  expect(await world.ask()).toMatchObject({ model: 'far' });
  expect(await recordOf(world)).toMatchObject([
    { model: 'here', localOnly: true },
    { model: 'far', localOnly: false },
  ]);
});

test('the file counts from the next question on, and a call that is under way goes on', async () => {
  await using slow = await fakeModel(() => ({ say: 'Late.', afterMs: 500 }));
  await using other = await well();
  await using world = await modelWorld({ models: [remote(slow, 'slow')] });
  const underWay = world.ask();
  await expect.poll(() => slow.asked.length).toBe(1);
  world.use({ models: [remote(other, 'other')] });
  expect(await world.ask()).toMatchObject({ model: 'other' });
  expect(await underWay).toMatchObject({ model: 'slow', text: 'Late.' });
});

test('no key and no word of a question or an answer is in a failure or on record', async () => {
  await using refusing = await ill({ status: 401, words: 'Incorrect API key provided: key-canary-a' });
  await using world = await modelWorld({ models: [remote(refusing, 'a')] });
  const failed = await world
    .ask({ messages: [{ role: 'user', content: 'canary-word' }] })
    .catch((error: Error) => error);
  expect(failed).toMatchObject({
    code: 'modelRefused',
    message: 'Cannot ask a: the key is refused: status 401 or 403',
  });
  const calls = await recordOf(world);
  expect(JSON.stringify([failed, (failed as Error).stack, calls])).not.toContain('canary');
  expect(await world.store.db.$count(modelCalls, eq(modelCalls.outcome, 'noKey'))).toBe(1);
});
