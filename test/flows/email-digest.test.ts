/**
 * - Every mail is in exactly one digest, and each digest is delivered once, also when asked for twice at once.
 * - Steward's own mail is never taken in.
 * - No word of a mail is at rest, in Postgres or in Temporal.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { digests, inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { readDigest } from '../../store/digests/keep-digest.ts';
import { eventually, startWorld, type World } from '../support/world.ts';

const digestByHand = `run: emailDigest
when: { schedule: "0 0 1 1 *", timezone: Europe/Berlin }
missed: { policy: none }
deliver: [mail:box]
`;
const box = (path: string) => `kind: maildir\naddresses: [me@box.example]\npath: ${path}\nreadEvery: 1s\n`;

function putMail(world: World, at: number, words = 'Could you send me the plan by Friday?'): void {
  const raw = `From: Ann ${at} <ann${at}@out.example>\r\nTo: me@box.example\r\nSubject: Note ${at}\r\nDate: ${new Date().toUTCString()}\r\nMessage-ID: <note-${at}@out.example>\r\n\r\n${words}\r\n`;
  writeFileSync(join(world.home, 'Mail/new', `note-${at}`), raw);
}

async function worldWithBox(files: Record<string, string> = {}): Promise<World> {
  const world = await startWorld({ files: { 'triggers/digest.yaml': digestByHand, ...files } });
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(world.home, 'Mail', part), { recursive: true });
  world.write('channels/box.yaml', box(join(world.home, 'Mail')));
  await eventually(async () => (await world.steward().files.reload()).channels.get('box'));
  return world;
}

const takenIn = (world: World, count: number) =>
  eventually(async () => (await world.steward().store.db.select().from(inbox)).length >= count || undefined);

test('emailDigest() puts every mail into exactly one digest and delivers each once, asked for twice at once', async () => {
  await using world = await worldWithBox();
  // The session must have seen the box empty: what lies in it before is left alone.
  await eventually(async () => (await world.steward().store.db.execute('select 1 from cursors')).rowCount! > 0 || undefined);
  for (let at = 0; at < 7; at++) putMail(world, at);
  await takenIn(world, 7);
  await Promise.all([world.fire('digest'), world.fire('digest'), world.fire('digest')]);
  for (let at = 7; at < 9; at++) putMail(world, at);
  await takenIn(world, 9);
  await world.fire('digest');

  const { store } = world.steward();
  const made = await store.db.select().from(digests).where(eq(digests.state, 'made'));
  const items = (await Promise.all(made.map((row) => readDigest(store, row.id)))).flatMap(({ digest }) => digest.items);
  expect(items.map((item) => item.messageId).sort()).toEqual(
    Array.from({ length: 9 }, (_, at) => `<note-${at}@out.example>`),
  );
  expect(items.every((item) => item.summary.ask.includes('send me the plan'))).toBe(true);

  const effects = await store.db.select().from(outbox);
  expect(effects.map((row) => row.state)).toEqual(effects.map(() => 'sent'));
  const own = world.maildir('Mail').filter((raw) => raw.includes('Auto-Submitted'));
  expect(own).toHaveLength(effects.length);
  // Two sweeps of the folder later, what Steward itself put there is still not mail for the owner.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(await store.db.select().from(inbox)).toHaveLength(9);
}, 90_000);
