/**
 * - A flow goes on with a person's word on exactly what was asked: said in a chat or by the API, also while nothing ran.
 * - The first word stays; a word on another content is refused; no word in time is a no; a new content is asked anew.
 * - What is asked and what was decided is told on every channel.
 */
import { expect, test } from 'vitest';
import { audit } from '../../schemas/db/records.ts';
import { decideApproval } from '../../store/approvals/decide-approval.ts';
import { eventually, startWorld, type World, withBox } from '../support/world.ts';

const asking = `import { askApproval, type FireInput } from 'steward/flow';
export async function asking(fire: FireInput) {
  const { text = 'Dear Bob', withinMs = 60_000, twice = false } = fire.args as { text?: string; withinMs?: number; twice?: boolean };
  const ask = (words: string) =>
    askApproval(fire, 'letter', { subject: 'Send the letter', text: words, editable: true, withinMs });
  const words = twice ? await Promise.all([ask(text), ask(text + '!')]) : [await ask(text)];
  return { outcome: words.map((word) => word.state).join(' '), facts: { text: words.map((word) => ('text' in word ? word.text : '')).join('|') } };
}
`;
const files = {
  'workflows/asking.ts': asking,
  'triggers/ask.yaml': 'run: asking\nwhen: { message: { pattern: "^never said$" } }\n',
};

interface Shown {
  readonly id: string;
  readonly code: string;
  readonly state: string;
  readonly contentHash: string;
}

async function start(world: World, args: object = {}) {
  const { workflowId } = await world.steward().dispatch.fireNow({
    ...{ trigger: 'ask', requestId: `r${Math.random().toString(36).slice(2)}`, args: { ...args } },
  });
  return () => world.steward().client.workflow.getHandle(workflowId).result();
}

const waiting = (world: World, count = 1) =>
  eventually(async () => {
    const answer = await world.ask('/api/v1/approvals?state=waiting');
    const { approvals } = (await answer.json()) as { approvals: Shown[] };
    return approvals.length >= count ? approvals : undefined;
  });

const decide = (world: World, { code }: Shown, word: string, body: object = {}) =>
  world.ask(`/api/v1/approvals/${code}/${word}`, { method: 'POST', body });

test.each([20, 0])(
  'a word by the API lets exactly that content go out, and the first word stays, with %d runs cached',
  async (cachedWorkflows) => {
    await using world = await startWorld({ files, cachedWorkflows });
    await withBox(world);
    const result = await start(world);
    const [asked] = await waiting(world);
    expect((await decide(world, asked!, 'approve', { contentHash: 'another' })).status).toBe(412);
    expect((await waiting(world))[0]?.state).toBe('waiting');
    const words = { contentHash: asked!.contentHash, text: 'Dear Bob, and greetings' };
    expect(await (await decide(world, asked!, 'approve', words)).json()).toMatchObject({ state: 'approved' });
    expect(await (await decide(world, asked!, 'deny')).json()).toMatchObject({ state: 'approved' });
    expect(await result()).toEqual({ outcome: 'approved', facts: { text: 'Dear Bob, and greetings' } });
    const rows = await world.steward().store.db.select().from(audit);
    expect(rows.map(({ action }) => action).filter((action) => action.startsWith('approval'))).toEqual([
      'approval.approved',
    ]);
    const mails = await eventually(() => (world.maildir('Mail').length >= 2 ? world.maildir('Mail') : undefined));
    expect(mails.filter((raw) => raw.includes('Subject: May I? Send the letter'))).toHaveLength(1);
    expect(mails.find((raw) => raw.includes('May I?'))).toContain(`/approve ${asked!.code}`);
    expect(mails.filter((raw) => raw.includes('Subject: approved: Send the letter'))).toHaveLength(1);
  },
  120_000,
);

test('a word in a chat names what it is about: without a code it decides nothing', async () => {
  await using world = await startWorld({ files });
  const result = await start(world);
  const [asked] = await waiting(world);
  const say = async (id: string, text: string) => {
    const body = { id, text };
    const { conversation, turn } = (await (await world.ask('/api/v1/messages', { method: 'POST', body })).json()) as {
      conversation: string;
      turn: number;
    };
    return await eventually(async () => {
      const answer = await world.ask(`/api/v1/conversations/${conversation}/messages?turn=${turn}`);
      const { entries } = (await answer.json()) as { entries: { kind: string; text?: string }[] };
      return entries.some(({ kind }) => kind === 'answered')
        ? (entries.find(({ kind }) => kind === 'answer')?.text ?? '')
        : undefined;
    });
  };
  expect(await say('1', '/deny')).toContain(`/deny ${asked!.code}`);
  expect(await say('2', '/deny AAAAAA')).toContain('There is no approval AAAAAA');
  expect((await waiting(world))[0]?.code).toBe(asked!.code);
  expect(await say('3', `/deny ${asked!.code.toLowerCase()}`)).toBe('Send the letter: denied.');
  expect(await say('4', `/approve ${asked!.code}`)).toBe('Send the letter is over already: denied.');
  expect(await result()).toEqual({ outcome: 'denied', facts: { text: '' } });
}, 60_000);

test('no word in time is a no, and another content takes the place of the first', async () => {
  await using world = await startWorld({ files });
  const late = await start(world, { withinMs: 500 });
  expect(await late()).toEqual({ outcome: 'expired', facts: { text: '' } });
  const twice = await start(world, { twice: true });
  const [asked] = await waiting(world);
  const second = await eventually(async () => {
    const all = ((await (await world.ask('/api/v1/approvals')).json()) as { approvals: Shown[] }).approvals;
    return all.some(({ state }) => state === 'replaced') ? all.find(({ state }) => state === 'waiting') : undefined;
  });
  expect(asked).toBeDefined();
  await decide(world, second!, 'approve');
  const { outcome } = (await twice()) as { outcome: string };
  expect(outcome.split(' ').sort()).toEqual(['approved', 'replaced']);
}, 60_000);

test('a word that was said while no run could be told is heard after the start', async () => {
  await using world = await startWorld({ files });
  const result = await start(world);
  const [asked] = await waiting(world);
  const { store, personId } = world.steward();
  await decideApproval(store, { personId, id: asked!.id, word: 'approved', by: 'elsewhere' });
  await world.restart();
  expect(await result()).toEqual({ outcome: 'approved', facts: { text: 'Dear Bob' } });
}, 60_000);
