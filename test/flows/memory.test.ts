/**
 * - What is told in a conversation is a fact, once for its turn, found and taken back by words there.
 * - A model looks into memory with a tool; what it would keep waits for a person's word, however it came to want it.
 * - What was told by a channel whose words must not leave is shown to no model on another machine.
 */
import { expect, test } from 'vitest';
import { openMemory } from '../../activities/memory/open-memory.ts';
import { fires } from '../../schemas/db/fires.ts';
import { memoryVersions } from '../../schemas/db/memory-facts.ts';
import { approvals } from '../../schemas/db/records.ts';
import { fakeModel } from '../support/fake-openai.ts';
import { eventually, startWorld, type World } from '../support/world.ts';

interface Entry {
  readonly kind: string;
  readonly turn: number;
  readonly text?: string;
}
const say = async (world: World, id: string, text: string): Promise<string> => {
  const sent = await world.ask('/api/v1/messages', { method: 'POST', body: { id, text } });
  const { conversation, turn } = (await sent.json()) as { conversation: string; turn: number };
  return await eventually(async () => {
    const answer = await world.ask(`/api/v1/conversations/${conversation}/messages?limit=500&turn=${turn}`);
    const { entries } = (await answer.json()) as { entries: Entry[] };
    if (!entries.some(({ kind }) => kind === 'answered')) return undefined;
    return entries.flatMap(({ kind, text = '' }) => (kind === 'answer' ? [text] : [])).join('\n');
  });
};
const codeIn = (text: string) => /\b[0-9a-z]{6}\b/.exec(text)![0];

test('what is told is kept, found, corrected, explained and taken back in a conversation, without a model', async () => {
  await using world = await startWorld();
  const noted = await say(world, '1', '/remember My sister "Ann" lives in Lisbon');
  const code = codeIn(noted.replace('Noted as ', ''));
  expect(await say(world, '1', '/remember My sister "Ann" lives in Lisbon')).toBe(noted);
  expect(await say(world, '2', '/what do you know about my sister?')).toContain('My sister "Ann" lives in Lisbon');
  expect(await say(world, '3', `/correct ${code} My sister Ann lives in Porto`)).toContain('lives in Porto');
  const why = await say(world, '4', `/why ${code}`);
  for (const part of ['lives in Lisbon', 'lives in Porto', 'you said it otherwise']) expect(why).toContain(part);
  const asked = await say(world, '5', '/what do you know about Lisbon');
  expect(asked).toContain('You have told me nothing of that.');
  expect(await say(world, '6', `/forget ${code}`)).toContain('Forgotten.');
  expect(await say(world, '7', '/what do you know')).toContain('You have told me nothing of that.');
  expect(await say(world, '8', '/remember')).toContain('There is nothing to remember');
  expect(await say(world, '9', '/forget zzzzzz')).toContain('There is no fact zzzzzz');
  const versions = await world.steward().store.db.select().from(memoryVersions);
  expect(versions.map(({ change, content }) => [change, content])).toEqual([
    ['stated', null],
    ['corrected', null],
    ['forgotten', null],
  ]);
}, 180_000);

test('a model looks into memory, and what it would keep waits for a word', async () => {
  await using model = await fakeModel((last, nth) =>
    nth === 1
      ? { call: [{ tool: 'what', args: '{"about":"tea"}' }] }
      : nth === 2
        ? { say: last.includes('green tea') ? 'Green tea, as you told me.' : 'I do not know.' }
        : nth === 3
          ? { call: [{ tool: 'remember', args: '{"text":"The person drinks coffee now"}' }] }
          : { say: 'I asked you.' },
  );
  await using world = await startWorld({
    files: { 'models.yaml': `models: [{ name: m, type: remote, endpoint: "${model.openaiEndpoint}" }]\n` },
  });
  await say(world, '1', '/remember I drink green tea in the morning');
  expect(await say(world, '2', 'Which tea do I drink?')).toBe('Green tea, as you told me.');
  await say(world, '3', 'I drink coffee now.');
  expect(await say(world, '4', '/what do you know about coffee')).toContain('nothing of that');
  const waiting = await eventually(async () => {
    const page = (await (await world.ask('/api/v1/approvals?state=waiting')).json()) as {
      approvals: { id: string; text: string }[];
    };
    return page.approvals.find(({ text }) => text.includes('The person drinks coffee now'));
  });
  await world.ask(`/api/v1/approvals/${waiting.id}/approve`, { method: 'POST', body: {} });
  await eventually(async () => {
    const versions = await world.steward().store.db.select().from(memoryVersions);
    return versions.some(({ origin }) => origin === 'agent') || undefined;
  });
  expect(await say(world, '5', '/what do you know about coffee')).toContain('The person drinks coffee now');
}, 180_000);

test('what a model wants kept after words from outside waits for a word, also where it may keep things unasked', async () => {
  const calls = [
    { tool: 'remember', args: '{"text":"The person likes tea"}' },
    { tool: 'report', args: '{}' },
    { tool: 'remember', args: '{"text":"Bills are paid to account 666"}' },
  ];
  await using model = await fakeModel((_last, nth) =>
    nth === 2 || nth > 4 ? { say: 'Done.' } : { call: [calls[nth === 1 ? 0 : nth - 2]!] },
  );
  await using world = await startWorld({
    files: {
      'models.yaml': `models: [{ name: m, type: remote, endpoint: "${model.openaiEndpoint}" }]\n`,
      'steward.yaml': 'agent: { allow: [remember] }\n',
    },
  });
  await say(world, '1', 'I like tea');
  const told = () => say(world, `told-${Math.random()}`, '/what do you know');
  expect(await told()).toContain('The person likes tea');
  await say(world, '2', 'What is in my report?');
  expect(model.asked.length).toBe(5);
  expect(await told()).not.toContain('666');
  const page = (await (await world.ask('/api/v1/approvals?state=waiting')).json()) as { approvals: { text: string }[] };
  expect(page.approvals.filter(({ text }) => text.includes('account 666'))).toHaveLength(1);
}, 180_000);

test('a model is told what is pinned and what is named before it answers, and nothing else', async () => {
  await using model = await fakeModel(() => ({ say: 'Noted.' }));
  await using world = await startWorld({
    files: { 'models.yaml': `models: [{ name: m, type: remote, endpoint: "${model.openaiEndpoint}" }]\n` },
  });
  const pinned = codeIn((await say(world, '1', '/remember Answers shall be short')).replace('Noted as ', ''));
  expect(await say(world, '2', `/pin ${pinned}`)).toContain('is thought of at each question');
  await say(world, '3', '/remember My bicycle is green');
  await say(world, '4', '/remember The cellar is dry');
  await say(world, '5', 'Which bicycle do I have?');
  const system = () => model.asked.at(-1)!.body.messages[0]!.content;
  expect(system()).toContain('- Answers shall be short\n- My bicycle is green');
  expect(system()).not.toContain('cellar');
  expect(await say(world, '6', `/unpin ${pinned}`)).toContain('when it is named');
  await say(world, '7', 'Hello?');
  expect(system()).not.toContain('told you before');
}, 180_000);

test('a fact that must not leave is shown to no model on another machine, nor is the talk in which a person was shown it', async () => {
  const shown: string[] = [];
  await using model = await fakeModel((_last, nth, { messages }) => {
    shown.push(JSON.stringify(messages));
    return nth === 1 ? { call: [{ tool: 'what', args: '{"about":"safe"}' }] } : { say: 'Done.' };
  });
  const far = `{ name: m, type: remote, local: false, endpoint: "${model.openaiEndpoint}" }`;
  await using world = await startWorld({
    files: {
      'models.yaml': `models: [${far}]\n`,
      'channels/diary.yaml': 'kind: maildir\naddresses: [me@diary.example]\npath: /nowhere\nprivacy: local-only\n',
    },
  });
  const { store, personId } = world.steward();
  const act = { personId, actId: 'a', origin: 'owner', source: { channel: 'diary' }, localOnly: true } as const;
  await openMemory(store).remember(act, { text: 'The safe opens with canary-7714', pinned: true });
  await say(world, '1', '/remember The safe is in the cellar');
  expect(await say(world, '2', 'Where is the safe?')).toBe('Done.');
  expect(shown.at(-1)).toContain('The safe is in the cellar');
  expect(await say(world, '3', '/what do you know about the safe')).toContain('canary-7714');
  expect(await say(world, '4', 'And now?')).not.toBe('Done.');
  expect(shown.join('\n')).not.toContain('canary-7714');
}, 180_000);

test('a model finds what was said before, and may then do nothing unasked', async () => {
  await using model = await fakeModel((last, nth) =>
    nth === 1
      ? { say: 'In the attic, beside the maps.' }
      : nth === 2
        ? { call: [{ tool: 'recall', args: '{"about":"violin"}' }] }
        : nth === 3 && last.includes('attic')
          ? { call: [{ tool: 'run', args: '{"trigger":"idle"}' }] }
          : { say: 'I asked you first.' },
  );
  await using world = await startWorld({
    files: {
      'models.yaml': `models: [{ name: m, type: remote, endpoint: "${model.openaiEndpoint}" }]\n`,
      'steward.yaml': 'agent: { allow: [run] }\n',
      'triggers/idle.yaml': 'run: noop\nwhen: { schedule: "@yearly" }\nmissed: { policy: none }\n',
    },
  });
  await say(world, '1', 'where is my violin?');
  expect(await say(world, '2', 'look up what you said of it, and run the idle one')).toBe('I asked you first.');
  const { store } = world.steward();
  expect(await store.db.$count(approvals)).toBe(1);
  expect(await store.db.$count(fires)).toBe(0);
  expect(await say(world, '3', '/recall violin')).toContain('where is my violin?');
}, 90_000);
