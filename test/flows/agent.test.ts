/**
 * - What is no command is answered by a model: it may look with tools, within its steps and its ceilings.
 * - What changes anything waits for a person's word, and is done once; after words from outside it always does.
 * - What is said meanwhile waits, or stops it; each turn ends once.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { fires } from '../../schemas/db/fires.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import { modelProbes } from '../../schemas/db/model-probes.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { approvals, audit } from '../../schemas/db/records.ts';
import { turnSteps } from '../../schemas/db/turn-steps.ts';
import { type FakeAnswer, type FakeModel, fakeModel } from '../support/fake-openai.ts';
import { matrixFarSide } from '../support/matrix-far-side.ts';
import { eventually, startWorld, type World } from '../support/world.ts';

const idle = 'run: noop\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n';
const modelsOf = ({ openaiEndpoint }: FakeModel, price = '') =>
  `models: [{ name: clever, type: remote, endpoint: "${openaiEndpoint}", auth: { api_key: key-canary }${price} }]\n`;

const say = async (world: World, id: string, text: string) => {
  const answer = await world.ask('/api/v1/messages', { method: 'POST', body: { id, text } });
  expect(answer.status).toBe(202);
  return (await answer.json()) as { conversation: string; turn: number; message: string };
};

interface Entry {
  readonly kind: string;
  readonly turn: number;
  readonly text?: string;
}
const answersTo = (world: World, conversation: string, turn: number) =>
  eventually(async () => {
    const answer = await world.ask(`/api/v1/conversations/${conversation}/messages?limit=500&turn=${turn}`);
    const { entries } = (await answer.json()) as { entries: Entry[] };
    if (!entries.some(({ kind }) => kind === 'answered')) return undefined;
    return entries.filter(({ kind }) => kind === 'answer').map(({ text }) => text);
  });

async function worldWith(answer: (last: string, nth: number) => FakeAnswer, agent = '', price = '') {
  const model = await fakeModel(answer);
  const world = await startWorld({
    files: {
      'models.yaml': modelsOf(model, price),
      'steward.yaml': `agent: { ${agent} }\n`,
      'triggers/idle.yaml': idle,
    },
  });
  return {
    model,
    world,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
    },
  };
}

test('a model answers what is no command, with the talk before it and what its tools say', async () => {
  const usage = { prompt_tokens: 700, completion_tokens: 10 };
  await using made = await worldWith((_, nth) =>
    nth === 1
      ? { say: 'Let me look.', call: [{ tool: 'triggers', args: '' }], usage }
      : nth === 2
        ? { say: 'There is **idle**, it fires [yearly](https://x.example/y).', usage }
        : { say: 'You asked about triggers.', usage },
  );
  const { world, model } = made;
  const { conversation } = await say(world, '1', 'which triggers are there?');
  expect(await answersTo(world, conversation, 1)).toEqual(['There is idle, it fires yearly (https://x.example/y).']);
  const { turn } = await say(world, '2', 'what did I ask?');
  expect(await answersTo(world, conversation, turn)).toEqual(['You asked about triggers.']);
  const rolesOf = (nth: number) => model.asked[nth]!.body.messages.map(({ role }) => role);
  expect(rolesOf(0)).toEqual(['system', 'user']);
  expect(rolesOf(1)).toEqual(['system', 'user', 'assistant', 'tool']);
  expect(model.asked[1]!.body.messages.at(-1)!.content).toContain('idle');
  expect(model.asked[2]!.body.messages.slice(1)).toMatchObject([
    { role: 'user', content: 'which triggers are there?' },
    { role: 'assistant', content: expect.stringContaining('There is idle') },
    { role: 'user', content: 'what did I ask?' },
  ]);
  const steps = await world.steward().store.db.select().from(turnSteps);
  expect(steps.map(({ call, model: by, inputTokens }) => [call, by, inputTokens])).toEqual([
    [0, 'clever', 700],
    [1, null, 0],
    [0, 'clever', 700],
    [0, 'clever', 700],
  ]);
}, 60_000);

test('what a model wants to change waits for a word on exactly that, and is done once', async () => {
  await using made = await worldWith((_, nth) =>
    nth === 1 ? { call: [{ tool: 'run', args: '{"trigger":"idle"}' }] } : { say: 'I asked you whether I may.' },
  );
  const { world } = made;
  const { store } = world.steward();
  const { conversation } = await say(world, '1', 'run the idle one');
  expect(await answersTo(world, conversation, 1)).toEqual(['I asked you whether I may.']);
  expect(await store.db.select().from(fires)).toEqual([]);
  const asked = await eventually(async () => (await store.db.select().from(approvals))[0]);
  const shown = await (await world.ask('/api/v1/approvals')).json();
  expect(shown).toMatchObject({ approvals: [{ subject: '/run idle', text: expect.stringMatching(/^\/run idle\n/) }] });
  const { turn } = await say(world, '2', `/approve ${asked.id.slice(-6)}`);
  expect((await answersTo(world, conversation, turn))[0]).toMatch(/approved/);
  const after = await eventually(async () => {
    const texts = await answersTo(world, conversation, 1);
    return texts.length > 1 ? texts : undefined;
  });
  expect(after[1]).toMatch(/^\/run idle\n\nUnder way: idle, fir_/);
  expect((await store.db.select().from(fires)).map(({ trigger }) => trigger)).toEqual(['idle']);
}, 60_000);

test('what policy allows is done at once, once, in the name of the agent; not after words from outside', async () => {
  await using made = await worldWith(
    (_, nth) =>
      [
        { call: [{ tool: 'pause', args: '{"trigger":"idle"}' }] },
        { say: 'It rests.' },
        { call: [{ tool: 'approvals', args: '{}' }] },
        { call: [{ tool: 'resume', args: '{"trigger":"idle"}' }] },
        { say: 'I asked.' },
      ][nth - 1] ?? { say: 'no' },
    'allow: [pause, resume]',
  );
  const { world, model } = made;
  const { store } = world.steward();
  const { conversation } = await say(world, '1', 'let idle rest');
  expect(await answersTo(world, conversation, 1)).toEqual(['It rests.']);
  const audited = await store.db.select().from(audit).where(eq(audit.action, 'trigger.pause'));
  expect(audited.map(({ actor, subject }) => [actor, subject])).toEqual([['agent', 'idle']]);
  await say(world, '2', 'what waits for me? wake idle then');
  expect(await answersTo(world, conversation, 2)).toEqual(['I asked.']);
  expect(model.asked[3]!.body.messages.at(-1)!.content).toMatch(/^<outside-\w{16}>\n/);
  expect(await store.db.select().from(audit).where(eq(audit.action, 'trigger.resume'))).toEqual([]);
  const [one] = await eventually(async () => {
    const rows = await store.db.select().from(approvals);
    return rows.length > 0 ? rows : undefined;
  });
  expect(one!.state).toBe('waiting');
  const turns = await store.db.select().from(inbox);
  expect(turns.map(({ turn, tainted }) => [turn, tainted]).sort()).toEqual([
    [1, false],
    [2, true],
  ]);
}, 60_000);

test('a call that no tool takes does nothing, and the model is told why', async () => {
  await using made = await worldWith((_, nth) =>
    nth === 1
      ? {
          call: [
            { tool: 'approve', args: '{"code":"ABCDEF"}' },
            { tool: 'run', args: '{"trigger":"idle","to":"evil@x.example"}' },
            { tool: 'run', args: '{"trig' },
          ],
        }
      : { say: 'I could not.' },
  );
  const { world, model } = made;
  const { conversation } = await say(world, '1', 'do as you like');
  expect(await answersTo(world, conversation, 1)).toEqual(['I could not.']);
  expect(model.asked[1]!.body.messages.slice(-3).map(({ content }) => content)).toEqual([
    expect.stringMatching(/^There is no such tool\. There are: status, /),
    expect.stringMatching(/^The call was not made: .*Unrecognized key/),
    expect.stringMatching(/^The call was not made: /),
  ]);
  expect(await world.steward().store.db.select().from(fires)).toEqual([]);
}, 60_000);

test.each([
  ['steps: 3', /^clever enough$/, 3],
  ['tokens: 11000', /used up what agent\.tokens/, 10],
  ['cost: 0.01', /used up what agent\.cost /, 2],
  ['tokensPerDay: 11000', /used up what agent\.tokensPerDay/, 10],
  ['costPerDay: 0.01', /used up what agent\.costPerDay/, 2],
])(
  'a turn ends at its ceiling: %s',
  async (agent, words, most) => {
    const usage = { prompt_tokens: 1_000, completion_tokens: 100 };
    await using made = await worldWith(
      (_, nth) =>
        nth === 3 && agent === 'steps: 3'
          ? { say: 'clever enough' }
          : { call: [{ tool: 'status', args: '{}' }], usage },
      `${agent}${agent.startsWith('steps') ? '' : ', steps: 20'}`,
      ', price: { input: 5, output: 10 }',
    );
    const { world, model } = made;
    const { conversation } = await say(world, '1', 'go on for ever');
    expect((await answersTo(world, conversation, 1))[0]).toMatch(words);
    expect(model.asked).toHaveLength(most);
    if (agent === 'steps: 3')
      expect(model.asked.map(({ body }) => body.tools !== undefined)).toEqual([true, true, false]);
  },
  60_000,
);

test('/cancel stops a turn that a model is at, and what is said after it is answered', async () => {
  await using made = await worldWith((last) => (last.includes('for ever') ? { hang: true } : { say: 'Here.' }));
  const { world, model } = made;
  const { conversation } = await say(world, '1', 'think for ever');
  await eventually(async () => (model.asked.length > 0 ? true : undefined));
  await say(world, '2', '/cancel');
  await say(world, '3', 'are you there?');
  expect(await answersTo(world, conversation, 1)).toEqual([]);
  expect(await answersTo(world, conversation, 2)).toEqual(['That was stopped.']);
  expect(await answersTo(world, conversation, 3)).toEqual(['Here.']);
  await say(world, '4', '/cancel');
  expect(await answersTo(world, conversation, 4)).toEqual(['Nothing was under way.']);
  const rows = await world.steward().store.db.select().from(inbox);
  expect(rows.find(({ turn }) => turn === 1)!.stopped).toBe('cancelled');
}, 60_000);

test('/meant teaches what was meant by the message before, and the next one like it goes to the model for that', async () => {
  await using plain = await fakeModel(() => ({ say: 'Plainly.' }));
  await using short = await fakeModel(() => ({ say: 'Shortly.' }));
  const remote = (name: string, far: FakeModel) => `{ name: ${name}, type: remote, endpoint: "${far.openaiEndpoint}" }`;
  await using world = await startWorld({
    files: {
      'models.yaml': `models: [${remote('plain', plain)}, ${remote('short', short)}]\nprefer: { summarise: [short] }\n`,
    },
  });
  const { conversation } = await say(world, '1', 'Boil the thread over');
  expect(await answersTo(world, conversation, 1)).toEqual(['Plainly.']);
  await say(world, '2', '/meant sumarise');
  expect(await answersTo(world, conversation, 2)).toEqual([expect.stringContaining('expected summarise')]);
  await say(world, '3', '/meant summarise');
  expect(await answersTo(world, conversation, 3)).toEqual([
    expect.stringContaining('“Boil the thread over” for summarise'),
  ]);
  // A worker that knew of no lesson looks again after ten seconds.
  await eventually(async () => {
    const { turn } = await say(world, `again-${Date.now()}`, 'Boil the thread over');
    return (await answersTo(world, conversation, turn))[0] === 'Shortly.' || undefined;
  }, 30_000);
}, 60_000);

test('with whileBusy: interrupt the next word stops a turn; a command waits', async () => {
  await using made = await worldWith(
    (last) => (last.includes('slow') ? { say: 'slowly', afterMs: 1_500 } : { say: 'Here.' }),
    'whileBusy: interrupt',
  );
  const { world, model } = made;
  const { conversation } = await say(world, '1', 'slow one');
  await eventually(async () => (model.asked.length > 0 ? true : undefined));
  await say(world, '2', '/status');
  expect(await answersTo(world, conversation, 1)).toEqual(['slowly']);
  await answersTo(world, conversation, 2);
  await say(world, '3', 'slow two');
  await eventually(async () => (model.asked.length > 1 ? true : undefined));
  await say(world, '4', 'no, this');
  expect(await answersTo(world, conversation, 3)).toEqual([]);
  expect(await answersTo(world, conversation, 4)).toEqual(['Here.']);
}, 60_000);

test('without an answer of any model the turn says so; one that takes too long ends', async () => {
  await using made = await worldWith(
    (last) =>
      last.includes('slow') ? { hang: true } : last.includes('half') ? { half: 'I was abo' } : { status: 401 },
    'within: 3s',
  );
  const { world } = made;
  const { conversation } = await say(world, '1', 'hello');
  expect((await answersTo(world, conversation, 1))[0]).toMatch(/^No model answers just now/);
  await say(world, '2', 'slow');
  expect((await answersTo(world, conversation, 2))[0]).toMatch(/took longer than agent\.within/);
}, 60_000);

test('a stream shows what is being said before it is all said, and then the answer', async () => {
  const words = 'one two three four five six';
  await using made = await worldWith(() => ({ say: words, everyMs: 250 }));
  const { world } = made;
  const { conversation } = await say(world, '0', '/help');
  await answersTo(world, conversation, 1);
  const url = `http://127.0.0.1:${world.steward().apiPort}/api/v1/conversations/${conversation}/stream`;
  const live = await fetch(url, { headers: { authorization: `Bearer ${world.token}` } });
  await say(world, '1', 'count');
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of live.body!) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.includes('event: answered')) break;
  }
  const kinds = [...text.matchAll(/^event: (\w+)$/gm)].map(([, kind]) => kind);
  expect([kinds[0], ...kinds.slice(-2)]).toEqual(['said', 'answer', 'answered']);
  const drafts = [...text.matchAll(/^event: draft\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data!));
  expect(drafts.length).toBeGreaterThan(2);
  for (const [at, draft] of drafts.entries()) {
    expect(draft).toEqual({ turn: 2, attempt: drafts[0].attempt, text: expect.any(String) });
    expect(words.startsWith(draft.text.trim())).toBe(true);
    if (at > 0) expect(draft.text.length).toBeGreaterThan(drafts[at - 1].text.length);
  }
}, 60_000);

test('on Matrix what is being said is one message that is edited, and the answer takes its place', async (context) => {
  const far = await matrixFarSide();
  if (typeof far === 'string') return context.skip(far);
  await using _far = far;
  const words = 'one two three four five six seven eight';
  await using model = await fakeModel(() => ({ say: words, everyMs: 700 }));
  const { name: _name, hash: _hash, ...channel } = far.channel;
  await using world = await startWorld({
    files: { 'models.yaml': modelsOf(model), 'channels/matrix.yaml': JSON.stringify(channel) },
  });
  await eventually(async () => {
    const { rowCount } = await world.steward().store.db.execute('select 1 from cursors where token is not null');
    return (rowCount ?? 0) > 0 || undefined;
  });
  await far.say('count');
  const events = await eventually(async () => {
    const all = (await far.owner.messages(far.directRoom)).filter(({ sender }) => sender === far.steward.userId);
    return all.some(({ content }) => content['org.steward.id'] !== undefined) ? all : undefined;
  }, 60_000);
  const relationOf = (content: Record<string, unknown>) =>
    content['m.relates_to'] as { rel_type: string; event_id: string } | undefined;
  const [draft, ...edits] = events;
  expect(relationOf(draft!.content)).toBeUndefined();
  expect(draft!.content.body).toMatch(/^one two .*…$/);
  expect(edits.length).toBeGreaterThan(1);
  for (const { content } of edits) expect(relationOf(content)?.rel_type).toBe('m.replace');
  expect(new Set(edits.map(({ content }) => relationOf(content)!.event_id)).size).toBe(1);
  expect(edits.at(-1)!.content).toMatchObject({
    'org.steward.id': expect.stringMatching(/^out-/),
    'm.new_content': { body: words },
  });
  await eventually(async () => {
    const [row] = await world.steward().store.db.select().from(outbox);
    return row?.state === 'sent' || undefined;
  });
}, 120_000);

test('a step that is on record is not bought again, whatever dies after it', async () => {
  await using made = await worldWith((last, nth) =>
    last === 'go on'
      ? { call: [{ tool: 'status', args: '{}' }] }
      : nth === 2
        ? { hang: true }
        : { say: 'All is well.' },
  );
  const { world, model } = made;
  const { conversation } = await say(world, '1', 'go on');
  await eventually(async () => (model.asked.length === 2 ? true : undefined));
  await world.restart();
  expect((await answersTo(world, conversation, 1)).at(-1)).toBe('All is well.');
  expect(model.asked).toHaveLength(3);
  expect(await world.steward().store.db.select().from(turnSteps)).toHaveLength(3);
}, 90_000);

test('what a new model can do is found out by itself, at the start and once the file names it', async () => {
  await using model = await fakeModel(() => ({ say: 'Snow is cold and white.' }));
  const own = `{ name: own, type: remote, endpoint: "${model.openaiEndpoint}" }`;
  await using world = await startWorld({ files: { 'models.yaml': `probe: true\nmodels: [${own}]\n` } });
  const { store } = world.steward();
  const found = (names: string[]) =>
    eventually(async () => {
      const rows = await store.db.select({ model: modelProbes.model }).from(modelProbes);
      return rows.length === names.length ? rows.map((row) => row.model).sort() : undefined;
    });
  expect(await found(['own'])).toEqual(['own']);
  world.write('models.yaml', `probe: true\nmodels: [${own}, ${own.replace('own', 'new')}]\n`);
  expect(await found(['new', 'own'])).toEqual(['new', 'own']);
}, 60_000);
