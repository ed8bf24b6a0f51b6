/**
 * - Every mail is in exactly one digest, and each digest is delivered once, also when asked for twice at once.
 * - Steward's own mail is never taken in.
 * - The same holds when every workflow task is a replay, and when Steward is stopped and started in between.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { digests, inbox } from '../../schemas/db/inbox.ts';
import { outbox } from '../../schemas/db/outbox.ts';
import { readDigest } from '../../store/digests/keep-digest.ts';
import { byHand, eventually, putMail, startWorld, takenIn, type World, withBox } from '../support/world.ts';

async function itemsOfAll({ store }: ReturnType<World['steward']>) {
  const made = await store.db.select().from(digests).where(eq(digests.state, 'made'));
  return (await Promise.all(made.map((row) => readDigest(store, row.id)))).flatMap(({ digest }) => digest.items);
}

const noteIds = (count: number) => Array.from({ length: count }, (_, at) => `<note-${at}@out.example>`);

test.each([
  ['runs kept in memory', 20],
  ['no run kept in memory, so that every task is a replay', 0],
])(
  'emailDigest() puts every mail into exactly one digest and delivers each once, with %s',
  async (_, cachedWorkflows) => {
    await using world = await startWorld({ cachedWorkflows, files: { 'triggers/digest.yaml': byHand('emailDigest') } });
    await withBox(world);
    for (let at = 0; at < 7; at++) putMail(world, at);
    await takenIn(world, 7);
    await Promise.all([world.fire('digest'), world.fire('digest'), world.fire('digest')]);
    for (let at = 7; at < 9; at++) putMail(world, at);
    await takenIn(world, 9);
    await world.fire('digest');

    const items = await itemsOfAll(world.steward());
    expect(items.map((item) => item.messageId).sort()).toEqual(noteIds(9));
    expect(items.every((item) => item.summary.ask.includes('send me the plan'))).toBe(true);

    const { store } = world.steward();
    const effects = await store.db.select().from(outbox);
    expect(effects.map((row) => row.state)).toEqual(effects.map(() => 'sent'));
    const own = world.maildir('Mail').filter((raw) => raw.includes('Auto-Submitted'));
    expect(own).toHaveLength(effects.length);
    // Two readings of the box later, what Steward itself put there is still not mail for the owner.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await store.db.select().from(inbox)).toHaveLength(9);
  },
  120_000,
);

test('emailDigest() is fired by new mail, once for a burst, and what came while Steward was stopped is in the next one', async () => {
  const onMail = 'run: emailDigest\nwhen: { mail: {}, settle: 1s }\ndeliver: [mail:box]\n';
  await using world = await startWorld({ files: { 'triggers/on-mail.yaml': onMail } });
  await withBox(world);
  for (let at = 0; at < 5; at++) putMail(world, at);
  const delivered = (count: number) =>
    eventually(async () => {
      const items = await itemsOfAll(world.steward());
      return items.length === count ? items : undefined;
    }, 45_000);
  await delivered(5);
  await world.stop();
  putMail(world, 5);
  await world.restart();
  const items = await delivered(6);
  expect(items.map((item) => item.messageId).sort()).toEqual(noteIds(6));
}, 120_000);
