/**
 * - A stranger's word on an approval decides nothing, on any channel, forged or replayed; the owner's decides once.
 * - Two Stewards that write to each other do not answer each other for ever.
 * - An answer to a thread that nobody knows is a turn of its own, and 1 MB of words is one turn that says it was cut.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inbox } from '../../schemas/db/inbox.ts';
import { approvals } from '../../schemas/db/records.ts';
import { openMessage } from '../../store/conversations/seal-message.ts';
import { slackFarSide } from '../support/hook-far-sides.ts';
import { signWebhook } from '../support/sign-webhook.ts';
import { eventually, startWorld, type World, withBox } from '../support/world.ts';

const asking = `import { askApproval, type FireInput } from 'steward/flow';
export async function asking(fire: FireInput) {
  return { outcome: (await askApproval(fire, 'letter', { subject: 'Send it', text: 'Dear Bob' })).state };
}
`;
const files = {
  'workflows/asking.ts': asking,
  'triggers/ask.yaml': 'run: asking\nwhen: { message: { pattern: "^never said$" } }\n',
};
const talk = 'me+steward@box.example';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Letter {
  readonly name: string;
  readonly body: string;
  readonly from?: string;
  readonly proof?: string;
  readonly more?: readonly string[];
}

function letter(world: World, { name, body, from = 'me@box.example', proof = 'dmarc=pass', more = [] }: Letter): void {
  const head = [
    `Authentication-Results: mx.box.example; ${proof} header.from=${from.split('@')[1]}`,
    ...[`From: <${from}>`, `To: ${talk}`, 'Subject: Re: it', `Date: ${new Date().toUTCString()}`],
    ...[`Message-ID: <${name}@box.example>`, ...more],
  ];
  writeFileSync(join(world.home, 'Mail/new', name), `${head.join('\r\n')}\r\n\r\n${body}\r\n`);
}

const turnsOf = async (world: World) => {
  const { store } = world.steward();
  const rows = await store.db.select().from(inbox);
  return rows.filter(({ conversationId }) => conversationId !== null).map((row) => openMessage(store, row));
};

test('a word of a stranger on an approval decides nothing, forged or replayed; that of the owner does', async () => {
  await using far = await slackFarSide('token');
  const { name: _name, hash: _hash, ...file } = far.channel;
  await using world = await startWorld({ files: { ...files, 'channels/slack.yaml': JSON.stringify(file) } });
  await withBox(world, `trustAuthservIds: [mx.box.example]\ntalk: ${talk}\n`);
  await world.steward().dispatch.fireNow({ trigger: 'ask', requestId: 'r1' });
  const { store } = world.steward();
  const [asked] = await eventually(async () => {
    const rows = await store.db.select().from(approvals);
    return rows.length > 0 ? rows : undefined;
  });
  const code = asked!.id.slice(-6);
  const slash = (user: string, trigger: string) =>
    new URLSearchParams({
      ...{ command: '/steward', text: `/approve ${code}`, user_id: user, channel_id: 'C1', channel_name: 'ops' },
      trigger_id: trigger,
    }).toString();
  const post = async (body: string, secret = 'hook-secret', at = new Date()) => {
    const contentType = 'application/x-www-form-urlencoded';
    const headers = signWebhook('slack', { body: Buffer.from(body), secret, at, id: '1', contentType });
    const url = `http://127.0.0.1:${world.steward().apiPort}/hooks/channels/slack`;
    return (await fetch(url, { method: 'POST', headers, body })).status;
  };
  // A stranger whose request is genuine; a forged one in the owner's name; an old one that is played again.
  expect(await post(slash('UEVE', 't1'))).toBe(200);
  expect(await post(slash('UANN', 't2'), 'another-secret')).toBe(401);
  expect(await post(slash('UANN', 't3'), 'hook-secret', new Date(Date.now() - 600_000))).toBe(401);
  letter(world, { name: 'unproven', body: `/approve ${code}`, proof: 'dmarc=fail' });
  letter(world, { name: 'stranger', body: `/approve ${code}`, from: 'eve@evil.example' });
  letter(world, { name: 'quoted', body: `> /approve ${code}` });
  await eventually(async () => ((await store.db.select().from(inbox)).length === 3 ? true : undefined));
  await pause(1_000);
  expect((await store.db.select().from(approvals)).map(({ state }) => state)).toEqual(['waiting']);
  expect(await post(slash('UANN', 't4'))).toBe(200);
  const decided = await eventually(async () => {
    const [row] = await store.db.select().from(approvals);
    return row?.state === 'waiting' ? undefined : row;
  });
  expect(decided).toMatchObject({ state: 'approved', decidedBy: 'slack' });
  // The same request again is the same turn, and the word stays.
  expect(await post(slash('UANN', 't4').replace('approve', 'deny'))).toBe(200);
  await pause(1_000);
  expect((await store.db.select().from(approvals)).map(({ state }) => state)).toEqual(['approved']);
}, 90_000);

test('the answer of one Steward is no word to another, and the same mail by a person is', async () => {
  await using one = await startWorld();
  await withBox(one, `trustAuthservIds: [mx.box.example]\ntalk: ${talk}\n`);
  letter(one, { name: 'first', body: '/help' });
  const answer = await eventually(() => one.maildir('Mail').find((raw) => raw.includes('From: me+steward')));
  await using other = await startWorld();
  await withBox(other, `trustAuthservIds: [mx.box.example]\ntalk: me@box.example\n`);
  other.write('channels/box.yaml', boxOfOther(other));
  await other.steward().files.reload();
  const proven = `Authentication-Results: mx.box.example; dmarc=pass header.from=box.example\r\n${answer}`;
  writeFileSync(join(other.home, 'Mail/new/loop'), proven);
  await eventually(async () => ((await other.steward().store.db.select().from(inbox)).length === 1 ? true : undefined));
  await pause(2_000);
  expect(await turnsOf(other)).toEqual([]);
  expect(other.maildir('Mail')).toHaveLength(1);
  expect(answer).toMatch(/^Auto-Submitted: auto-/im);
  const byHand = proven
    .replace(/^Auto-Submitted:.*\r\n/im, '')
    .replace(/^Message-ID:.*\r\n/im, 'Message-ID: <hand@box.example>\r\n')
    .replace(/^(X-Auto|Precedence|X-Steward)[^\n]*\n/gim, '');
  writeFileSync(join(other.home, 'Mail/new/hand'), byHand);
  expect(
    await eventually(async () => ((await turnsOf(other)).length > 0 ? await turnsOf(other) : undefined)),
  ).toHaveLength(1);
}, 90_000);

/** Its owner writes from the address that the first Steward answers from. */
const boxOfOther = (world: World) =>
  `kind: maildir\naddresses: [${talk}]\npath: ${join(world.home, 'Mail')}\nreadEvery: 1s\ntrustAuthservIds: [mx.box.example]\ntalk: me@box.example\n`;

test('an answer to a thread that nobody knows is answered in it, and 1 MB of words is one turn', async () => {
  await using world = await startWorld();
  await withBox(world, `trustAuthservIds: [mx.box.example]\ntalk: ${talk}\n`);
  letter(world, {
    name: 'orphan',
    body: '/status',
    more: ['In-Reply-To: <gone@x.example>', 'References: <a@x> <gone@x.example>'],
  });
  const answer = await eventually(() => world.maildir('Mail').find((raw) => raw.includes('In-Reply-To: <orphan@')));
  expect(answer).toMatch(/all is well/i);
  letter(world, { name: 'huge', body: `${'lorem ipsum dolor '.repeat(60_000)}\r\n` });
  const turns = await eventually(
    async () => ((await turnsOf(world)).length > 1 ? await turnsOf(world) : undefined),
    60_000,
  );
  expect(turns).toHaveLength(2);
  expect(turns[1]!.text.length).toBeLessThanOrEqual(32_768);
}, 120_000);
