/**
 * - What the proven owner writes to the address of `talk:` is a turn: answered once, in its thread, and in no digest.
 * - Nothing else is: no unproven sender, no machine, nothing quoted, no answer of Steward's own that comes back.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inbox } from '../../schemas/db/inbox.ts';
import { eventually, startWorld, type World, withBox } from '../support/world.ts';

const talk = 'me+steward@box.example';

interface Letter {
  readonly name: string;
  readonly body: string;
  readonly subject?: string;
  readonly to?: string;
  readonly more?: readonly string[];
  readonly proven?: boolean;
}

function letter(world: World, { name, body, subject = 'Hello', to = talk, more = [], proven = true }: Letter): void {
  const proof = proven ? 'dmarc=pass header.from=box.example' : 'dmarc=none';
  const head = [
    `Authentication-Results: mx.box.example; ${proof}`,
    'From: Me <me@box.example>',
    ...[`To: ${to}`, `Subject: ${subject}`, `Date: ${new Date().toUTCString()}`, `Message-ID: <${name}@box.example>`],
    ...more,
  ];
  writeFileSync(join(world.home, 'Mail/new', name), `${head.join('\r\n')}\r\n\r\n${body}\r\n`);
}

async function talkingWorld(): Promise<World> {
  const world = await startWorld();
  await withBox(world, `trustAuthservIds: [mx.box.example]\ntalk: ${talk}\n`);
  return world;
}

const answersIn = (world: World) =>
  world.maildir('Mail').filter((raw) => raw.includes('In-Reply-To: <') && raw.includes('From: me+'));
const rowsOf = (world: World) => world.steward().store.db.select().from(inbox);

test('a mail to the address of talk: is answered in its thread, once, and is in no digest', async () => {
  await using world = await talkingWorld();
  letter(world, { name: 'first', body: 'Hi Steward,\r\n\r\n/help\r\n\r\nBest regards\r\nMe' });
  const [answer] = await eventually(() => (answersIn(world).length > 0 ? answersIn(world) : undefined));
  for (const line of ['From: me+steward@box.example', 'To: me@box.example', 'Subject: Re: Hello']) {
    expect(answer).toContain(`${line}\r\n`);
  }
  expect(answer).toContain('In-Reply-To: <first@box.example>');
  expect(answer).toContain('/status');
  const ours = /^Message-ID: (<out-.*>)\r$/m.exec(answer!)![1]!;
  const thread = [`In-Reply-To: ${ours}`, `References: <first@box.example> ${ours}`];
  letter(world, {
    name: 'second',
    subject: 'Re: Hello',
    body: '/status\r\n\r\nOn Mon, 2 Mar 2026 at 08:00, <me+steward@box.example> wrote:\r\n> /approve ABCDEF',
    more: thread,
  });
  const both = await eventually(() => (answersIn(world).length > 1 ? answersIn(world) : undefined));
  expect(both).toHaveLength(2);
  expect(both.find((raw) => raw.includes('In-Reply-To: <second@box.example>'))).toMatch(/all is well/i);
  const rows = await eventually(async () => {
    const all = await rowsOf(world);
    return all.every(({ answeredAt }) => answeredAt !== null) ? all : undefined;
  });
  // The answers came back into the same box, and none of them is taken for a mail or a turn.
  expect(rows.map(({ turn, digestId }) => [turn, digestId]).sort()).toEqual([
    [1, null],
    [2, null],
  ]);
  expect(new Set(rows.map(({ conversationId }) => conversationId)).size).toBe(1);
}, 90_000);

test('what is unproven, written by a machine, to another address or only quoted sets nothing off', async () => {
  await using world = await talkingWorld();
  letter(world, { name: 'forged', body: '/help', proven: false });
  letter(world, { name: 'machine', body: '/help', more: ['Auto-Submitted: auto-replied'] });
  letter(world, { name: 'list', body: '/help', more: ['List-Id: <talk.box.example>'] });
  letter(world, { name: 'elsewhere', body: '/help', to: 'me@box.example' });
  letter(world, { name: 'quoted', body: '> /run report\r\n> /help' });
  letter(world, { name: 'twin', body: 'nothing', subject: '/help' });
  const rows = await eventually(async () => {
    const all = await rowsOf(world);
    return all.length === 6 && answersIn(world).length === 2 ? all : undefined;
  });
  expect(rows.filter(({ conversationId }) => conversationId === null)).toHaveLength(4);
  const answers = answersIn(world);
  expect(answers.find((raw) => raw.includes('<quoted@box.example>'))).toContain('I cannot read this');
  expect(answers.find((raw) => raw.includes('<twin@box.example>'))).toContain('No model is set up');
}, 60_000);
