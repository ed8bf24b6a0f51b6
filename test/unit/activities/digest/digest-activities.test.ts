import { eq } from 'drizzle-orm';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { makeDigestActivities } from '../../../../activities/digest/digest-activities.ts';
import { cursors } from '../../../../schemas/db/accounts.ts';
import { fires } from '../../../../schemas/db/fires.ts';
import { digests, inbox } from '../../../../schemas/db/inbox.ts';
import { modelsFile } from '../../../../schemas/models-file.ts';
import { limits } from '../../../../schemas/protocol.ts';
import { readDigest } from '../../../../store/digests/keep-digest.ts';
import { openDatabase } from '../../../../store/open-database.ts';
import { type ContentWorld, contentWorld, openSummariserOf } from '../../../support/content-world.ts';
import { fakeModel } from '../../../support/fake-openai.ts';

/*
 * - Every mail is in exactly one digest, whatever runs at once, is repeated or is given up.
 * - Each step may be repeated; a summary that is there is not made again.
 * - What is said once (how many older mails there are) is said once, and in a digest that is delivered.
 * - A mail that cannot be opened is told, not dropped.
 */

const log = pino({ level: 'silent' });

function digestOf(world: ContentWorld, store = world.store) {
  const openSummariser = openSummariserOf(world);
  return makeDigestActivities({ store, openSummariser, zone: () => 'Europe/Berlin', log });
}

async function makeAll(world: ContentWorld, fireId: string) {
  const digest = digestOf(world);
  const { digestId, count, pages } = await digest.claim({ fireId, personId: world.personId });
  for (let page = 0; page < pages; page++) await digest.summarisePage({ digestId, page });
  return { digestId, count, pages, ...(await digest.finish({ digestId })) };
}

describe('digest activities', () => {
  test('claim() gives the same digest to a fire that asks twice, and later mail to the next fire', async () => {
    await using world = await contentWorld();
    await world.receive([{ subject: 'one' }, { subject: 'two' }]);
    const fireId = await world.fire();
    const first = await digestOf(world).claim({ fireId, personId: world.personId });
    await world.receive([{ subject: 'three' }]);
    expect(await digestOf(world).claim({ fireId, personId: world.personId })).toEqual(first);
    const next = await digestOf(world).claim({ fireId: await world.fire(), personId: world.personId });
    expect([first.count, next.count]).toEqual([2, 1]);
  });

  test('claim() of many fires at once on several connections puts every mail into exactly one digest', async () => {
    await using world = await contentWorld();
    const pools = Array.from({ length: 4 }, () => openDatabase(world.url));
    const stores = pools.map(({ db }) => ({ ...world.store, db }));
    const taken: number[] = [];
    for (let round = 0; round < 5; round++) {
      const arriving = world.receive(Array.from({ length: 20 }, () => ({})));
      const ids = await Promise.all(stores.map(() => world.fire()));
      const claims = await Promise.all([
        ...ids.map((fireId, at) => digestOf(world, stores[at]).claim({ fireId, personId: world.personId })),
        ...ids.map((fireId, at) => digestOf(world, stores[(at + 1) % 4]).claim({ fireId, personId: world.personId })),
      ]);
      for (const [at] of ids.entries()) expect(claims[at]?.digestId).toBe(claims[at + ids.length]?.digestId);
      taken.push(...claims.slice(0, ids.length).map((claim) => claim.count));
      await arriving;
    }
    const last = await digestOf(world).claim({ fireId: await world.fire(), personId: world.personId });
    expect(taken.reduce((sum, n) => sum + n, 0) + last.count).toBe(100);
    for (const digest of await world.store.db.select().from(digests)) {
      expect(await world.store.db.$count(inbox, eq(inbox.digestId, digest.id))).toBe(digest.itemCount);
    }
    await Promise.all(pools.map((pool) => pool.close()));
  });

  test('claim() takes at most limits.digestRows, oldest first, and leaves the rest to the next digest', async () => {
    await using world = await contentWorld();
    for (let batch = 0; batch < 41; batch++) await world.receive(Array.from({ length: 50 }, () => ({ text: '' })));
    const first = await digestOf(world).claim({ fireId: await world.fire(), personId: world.personId });
    expect(first).toMatchObject({ count: limits.digestRows, pages: limits.digestRows / limits.digestPage });
    const second = await digestOf(world).claim({ fireId: await world.fire(), personId: world.personId });
    expect(second.count).toBe(50);
    const times = async (digestId: string) =>
      (await world.store.db.select().from(inbox).where(eq(inbox.digestId, digestId))).map((row) =>
        row.receivedAt.getTime(),
      );
    expect(Math.min(...(await times(second.digestId)))).toBeGreaterThan(Math.max(...(await times(first.digestId))));
  });

  test('claim() takes the mails of a digest whose fire ended without making it, and none of one that was made', async () => {
    await using world = await contentWorld();
    await world.receive([{ subject: 'kept' }]);
    await makeAll(world, await world.fire());
    await world.receive([{ subject: 'dropped' }]);
    const broken = await world.fire();
    const { digestId } = await digestOf(world).claim({ fireId: broken, personId: world.personId });
    await digestOf(world).summarisePage({ digestId, page: 0 });
    await world.store.db.update(fires).set({ state: 'failed', endedAt: world.clock.now() }).where(eq(fires.id, broken));
    const again = await makeAll(world, await world.fire());
    expect(again.count).toBe(1);
    const { digest } = await readDigest(world.store, again.digestId);
    expect(digest.items.map((item) => item.subject)).toEqual(['dropped']);
    await expect(digestOf(world).finish({ digestId })).resolves.toMatchObject({ items: 0 });
  });

  test('summarisePage() and finish() write every mail once, with sender and subject of the mail', async () => {
    await using world = await contentWorld();
    const ids = await world.receive([
      { subject: 'Contract', text: 'The contract is ready. Please sign it by Friday.' },
      { subject: 'News', text: 'x', listId: 'news.example.org', classification: { kind: 'list', reason: 'List-Id' } },
    ]);
    await world.receive([{ subject: 'Read already' }], true);
    const fireId = await world.fire();
    const made = await makeAll(world, fireId);
    expect(made).toMatchObject({ count: 3, pages: 1, items: 3, people: 1, folded: 2 });
    expect(await digestOf(world).summarisePage({ digestId: made.digestId, page: 0 })).toMatchObject({
      extractive: 0,
      byModel: 0,
    });
    await world.clock.advance(60_000);
    expect(await digestOf(world).finish({ digestId: made.digestId })).toEqual({ items: 3, people: 1, folded: 2 });
    const { digest, rendered } = await readDigest(world.store, made.digestId);
    expect(digest.madeAt).toBe('2026-11-23T08:00:00.000Z');
    expect(digest.items[0]).toMatchObject({
      inboxId: ids[0],
      account: 'home',
      from: 'Bob',
      fromAddress: 'bob@example.org',
      subject: 'Contract',
      summary: { ask: 'Please sign it by Friday.', due: 'by Friday' },
      source: { method: 'extractive', fallback: 'noModel' },
    });
    expect(rendered.text).toContain('Contract');
  });

  test('summarisePage() does not ask a model about folded mail or twice about the same mail', async () => {
    await using world = await contentWorld();
    await using server = await fakeModel(() => ({ say: '{"what":"By the model.","ask":"","due":""}' }));
    const models = modelsFile.parse({ models: [{ name: 'm', type: 'remote', endpoint: server.openaiEndpoint }] });
    world.files = { ...world.files, models };
    const machine = { kind: 'machine', reason: 'Auto-Submitted' } as const;
    await world.receive([{ subject: 'one' }, { classification: machine }, { subject: 'two' }]);
    await world.receive([{}], true);
    const { digestId } = await digestOf(world).claim({ fireId: await world.fire(), personId: world.personId });
    expect(await digestOf(world).summarisePage({ digestId, page: 0 })).toMatchObject({ byModel: 2, extractive: 2 });
    await digestOf(world).summarisePage({ digestId, page: 0 });
    expect(server.asked).toHaveLength(2);
  });

  test('finish() tells a mail that cannot be opened any more', async () => {
    await using world = await contentWorld();
    const [broken] = await world.receive([{ subject: 'Broken' }, { subject: 'Whole' }]);
    await world.store.db
      .update(inbox)
      .set({ content: Buffer.alloc(64, 1) })
      .where(eq(inbox.id, broken as string));
    const { digestId, items } = await makeAll(world, await world.fire());
    expect(items).toBe(2);
    const { digest } = await readDigest(world.store, digestId);
    expect(digest.items.map((item) => item.subject)).toEqual([`Mail ${broken} cannot be opened`, 'Whole']);
  });

  test('finish() says once how many older mails there are, and not in a digest that is not delivered', async () => {
    await using world = await contentWorld();
    await world.store.db.insert(cursors).values({
      ...{ accountId: world.account.id, mailbox: 'INBOX', uidValidity: '1', lastUid: 40_000, olderCount: 40_000 },
      ...{ horizon: world.clock.now(), updatedAt: world.clock.now() },
    });
    const empty = await makeAll(world, await world.fire());
    expect((await readDigest(world.store, empty.digestId)).digest.older).toEqual([]);
    await world.receive([{}]);
    const first = await makeAll(world, await world.fire());
    const told = await readDigest(world.store, first.digestId);
    expect(told.digest.older).toEqual([{ account: 'home', count: 40_000 }]);
    expect(told.rendered.text.replace(/\s+/g, ' ')).toContain(
      '40,000 older mails were in home before Steward first saw it',
    );
    await world.receive([{}]);
    const second = await makeAll(world, await world.fire());
    expect((await readDigest(world.store, second.digestId)).digest.older).toEqual([]);
  });

  test('claim() refuses a fire that does not exist', async () => {
    await using world = await contentWorld();
    await expect(digestOf(world).claim({ fireId: 'fir_none', personId: world.personId })).rejects.toMatchObject({
      code: 'notFound',
    });
  });

  test('nothing of a mail lies readable in the rows of a digest', async () => {
    await using world = await contentWorld();
    await world.receive([{ subject: 'CANARYSUBJECT', text: 'CANARYBODY please answer by Friday' }]);
    await makeAll(world, await world.fire());
    const rows = [...(await world.store.db.select().from(digests)), ...(await world.store.db.select().from(inbox))];
    const bytes = rows
      .flatMap((row) => Object.values(row))
      .map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)));
    expect(bytes.join(' ')).not.toMatch(/CANARY|bob@example/);
  });
});
