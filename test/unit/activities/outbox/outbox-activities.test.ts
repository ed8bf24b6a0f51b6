import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { chatTransport } from '../../../../activities/channels/chat-adapters.ts';
import { makeOutboxActivities } from '../../../../activities/outbox/outbox-activities.ts';
import type { ChatTransport } from '../../../../schemas/chat-adapter.ts';
import { accounts } from '../../../../schemas/db/accounts.ts';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { events } from '../../../../schemas/db/records.ts';
import type { MailTransport, SendResult } from '../../../../schemas/outgoing.ts';
import { recordStrike } from '../../../../store/accounts/record-login.ts';
import { openDatabase } from '../../../../store/open-database.ts';
import { claimEffect, contentBegins, openChat } from '../../../../store/outbox/claim-effect.ts';
import { recordResult } from '../../../../store/outbox/record-result.ts';
import type { Store } from '../../../../store/store.ts';
import { type ContentWorld, contentWorld, maildirChannel } from '../../../support/content-world.ts';
import { xmppChannel } from '../../../support/xmpp-channel.ts';

/*
 * - An effect is minted once under its key, and its content leaves this process at most once, whatever dies or overlaps.
 * - A death before content begins is tried again; one after it is `unknown`, shown, and never sent again.
 * - Only a copy that is found, or the far side's own answer, settles an unknown effect.
 */

const log = pino({ level: 'silent' });
const sent: SendResult = { state: 'sent', detail: '250 ok' };

/** A far side that counts what reached it. */
function farSide(answer: () => SendResult | Promise<SendResult> = () => sent) {
  const reached: string[] = [];
  const transport: MailTransport = {
    send: async (_channel, mail, contentBegins) => {
      await contentBegins();
      reached.push(mail.messageId);
      return await answer();
    },
    findCopy: async (_channel, messageId) =>
      reached.includes(messageId) ? { found: true, where: 'Sent' } : { found: false },
  };
  return { reached, transport };
}

function outboxOf(world: ContentWorld, transport: MailTransport, store: Store = world.store) {
  return makeOutboxActivities({ store, files: { current: () => world.files }, transport, chat: chatTransport, log });
}

async function oneNotice(world: ContentWorld, transport: MailTransport): Promise<string> {
  const { outboxIds } = await outboxOf(world, transport).notice({
    ...{ personId: world.personId, key: `k${Math.random()}`, subject: 'CANARY', text: 'CANARY text', except: 'work' },
  });
  return outboxIds[0] as string;
}

const rowOf = async (world: ContentWorld, id: string) =>
  (await world.store.db.select().from(outbox).where(eq(outbox.id, id)))[0] as typeof outbox.$inferSelect;

describe('outbox activities', () => {
  test('notice() reaches every channel but the one that failed, once under its key', async () => {
    await using world = await contentWorld([
      maildirChannel('home'),
      maildirChannel('work'),
      { ...maildirChannel('off'), enabled: false },
    ]);
    const { transport } = farSide();
    const ask = { personId: world.personId, key: 'fir_1:channel:home', subject: 's', text: 't' };
    const all = await Promise.all([outboxOf(world, transport).notice(ask), outboxOf(world, transport).notice(ask)]);
    expect(all[0]).toEqual(all[1]);
    expect(all[0]?.outboxIds).toHaveLength(2);
    const other = await outboxOf(world, transport).notice({ ...ask, key: 'other', except: 'home' });
    expect(other.outboxIds).toHaveLength(1);
  });

  test('queue() names places that lead nowhere and refuses a digest that was not made', async () => {
    await using world = await contentWorld();
    const ask = {
      personId: world.personId,
      fireId: 'fir_1',
      kind: 'digest',
      sourceId: 'dig_none',
      deliver: ['mail:me'],
    } as const;
    await expect(outboxOf(world, farSide().transport).queue(ask)).rejects.toMatchObject({ code: 'notFound' });
  });

  test('send() mints the Message-ID with the row and sends the same on every attempt', async () => {
    await using world = await contentWorld();
    const answers: SendResult[] = [{ state: 'again', detail: '451 later', waitMs: 5_000 }, sent];
    const { transport, reached } = farSide(() => answers.shift() as SendResult);
    const id = await oneNotice(world, transport);
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'queued', waitMs: 5_000 });
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'sent' });
    expect(reached).toEqual(Array(2).fill(`<${id.toLowerCase().replace('_', '-')}@example.org>`));
    expect((await rowOf(world, id)).messageIdHmac).toBe(
      world.store.keys.fingerprint('message-id', reached[0] as string),
    );
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'sent' });
    expect(reached).toHaveLength(2);
  });

  test('send() gives up after two days of "later"', async () => {
    await using world = await contentWorld();
    const { transport } = farSide(() => ({ state: 'again', detail: '451 later', waitMs: 5_000 }));
    const id = await oneNotice(world, transport);
    world.clock.advance(48 * 3_600_000 + 1);
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'failed' });
  });

  test('send() twice at once on two connections lets content leave once', async () => {
    await using world = await contentWorld();
    const pools = [openDatabase(world.url), openDatabase(world.url)];
    for (let round = 0; round < 20; round++) {
      const { transport, reached } = farSide();
      const id = await oneNotice(world, transport);
      const states = await Promise.all(
        pools.map(({ db }) => outboxOf(world, transport, { ...world.store, db }).send({ outboxId: id })),
      );
      expect(reached.length).toBeLessThanOrEqual(1);
      const { state } = await rowOf(world, id);
      if (state === 'queued') {
        // One attempt was fenced off before its content: nothing left, so it is tried again.
        await outboxOf(world, transport).send({ outboxId: id });
      }
      expect(reached).toHaveLength(1);
      expect((await rowOf(world, id)).state).toBe('sent');
      expect(states.every((one) => ['sent', 'unknown', 'queued', 'sending'].includes(one.state))).toBe(true);
    }
    await Promise.all(pools.map((pool) => pool.close()));
  });

  test('send() takes over a claim whose holder died before content began', async () => {
    await using world = await contentWorld();
    const { transport, reached } = farSide();
    const id = await oneNotice(world, transport);
    const dead = await claimEffect(world.store, id);
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'sent' });
    expect(reached).toHaveLength(1);
    if (!dead.claimed) throw new Error('the first claim was refused');
    await expect(contentBegins(world.store, dead.row)).rejects.toMatchObject({ code: 'storeBusy' });
  });

  test('send() never sends again what died after content began, and its answer may still come', async () => {
    await using world = await contentWorld();
    const { transport, reached } = farSide();
    const id = await oneNotice(world, transport);
    const dead = await claimEffect(world.store, id);
    if (!dead.claimed) throw new Error('the claim was refused');
    await contentBegins(world.store, dead.row);
    for (let nth = 0; nth < 3; nth++) {
      expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'unknown' });
    }
    expect(reached).toHaveLength(0);
    expect(await outboxOf(world, transport).reconcile({ outboxId: id })).toEqual({ state: 'unknown' });
    // Absence of a copy proved nothing; the holder was alive and now has its answer.
    expect(await recordResult(world.store, dead.row, sent)).toBe('sent');
  });

  test('reconcile() settles an unknown effect by a copy, and says where it was', async () => {
    await using world = await contentWorld();
    const { transport } = farSide(() => ({ state: 'unknown', detail: 'connection lost after the final dot' }));
    const id = await oneNotice(world, transport);
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'unknown' });
    expect(await outboxOf(world, transport).reconcile({ outboxId: id })).toEqual({ state: 'sent' });
    expect((await rowOf(world, id)).result).toMatchObject({ provenBy: 'Sent' });
  });

  test.each<[string, boolean, string]>([
    ['before content', false, 'queued'],
    ['after content began', true, 'unknown'],
  ])('send() records a transport that throws %s', async (_when, begins, state) => {
    await using world = await contentWorld();
    const transport: MailTransport = {
      send: async (_channel, _mail, contentBegins) => {
        if (begins) await contentBegins();
        throw new TypeError('smtp://user:secret@host');
      },
      findCopy: async () => ({ found: false }),
    };
    const id = await oneNotice(world, transport);
    expect((await outboxOf(world, transport).send({ outboxId: id })).state).toBe(state);
    expect(JSON.stringify((await rowOf(world, id)).result)).not.toContain('secret');
  });

  test('send() fails an effect whose channel is gone', async () => {
    await using world = await contentWorld();
    const { transport, reached } = farSide();
    const id = await oneNotice(world, transport);
    world.files = { ...world.files, channels: new Map() };
    expect(await outboxOf(world, transport).send({ outboxId: id })).toEqual({ state: 'failed' });
    expect((await rowOf(world, id)).result?.code).toBe('channelUnknown');
    expect(reached).toHaveLength(0);
  });

  test('send() writes an event with each change of state and nothing readable into the rows', async () => {
    await using world = await contentWorld();
    const { transport } = farSide();
    const id = await oneNotice(world, transport);
    await outboxOf(world, transport).send({ outboxId: id });
    const told = await world.store.db.select().from(events).where(eq(events.aggregateId, id)).orderBy(events.seq);
    expect(told.map((event) => event.type)).toEqual(['outbox.queued', 'outbox.sending', 'outbox.sent']);
    const row = await rowOf(world, id);
    const bytes = Object.values(row).map((value) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value),
    );
    expect(bytes.join(' ') + JSON.stringify(told)).not.toMatch(/CANARY|@example\.org/);
  });

  test('any interleaving of attempts, deaths and lost answers lets content leave at most once', async () => {
    await using world = await contentWorld();
    type Claimed = Extract<Awaited<ReturnType<typeof claimEffect>>, { claimed: true }>;
    const step = fc.oneof(
      fc.record({ do: fc.constantFrom('claim', 'begin', 'answer', 'die', 'lose', 'later'), who: fc.nat(3) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (steps) => {
        const id = await oneNotice(world, farSide().transport);
        const holders = new Map<number, { claim: Claimed; began: boolean }>();
        let left = 0;
        let refused = 0;
        for (const { do: what, who } of steps) {
          const held = holders.get(who);
          if (what === 'claim') {
            const claim = await claimEffect(world.store, id);
            if (claim.claimed) holders.set(who, { claim, began: false });
          } else if (held === undefined) continue;
          else if (what === 'begin' && !held.began) {
            const began = await contentBegins(world.store, held.claim.row).then(
              () => true,
              () => false,
            );
            if (began) left += 1;
            if (began) held.began = true;
            else holders.delete(who);
          } else if (what === 'die') holders.delete(who);
          else if (what === 'answer' && held.began) {
            await recordResult(world.store, held.claim.row, sent);
            holders.delete(who);
          } else if (what === 'lose' && held.began) {
            await recordResult(world.store, held.claim.row, { state: 'unknown', detail: 'lost' });
            holders.delete(who);
          } else if (what === 'later') {
            // A plain refusal: what left was not taken, so it does not count.
            if (held.began) refused += 1;
            await recordResult(world.store, held.claim.row, { state: 'again', detail: '451', waitMs: 1 });
            holders.delete(who);
          }
        }
        expect(left - refused).toBeLessThanOrEqual(1);
        const { state } = await rowOf(world, id);
        if (left === refused && left === 0) expect(['queued', 'sending']).toContain(state);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('notice() on a channel of messages is as many messages as it takes, once under its key', async () => {
    await using world = await contentWorld([xmppChannel({ port: 1, caFile: '/none' }, { name: 'chat' })]);
    const { notice } = outboxOf(world, farSide().transport);
    const asked = { personId: world.personId, key: 'long', subject: 'Long', text: 'words and words\n'.repeat(2_000) };
    const { outboxIds } = await notice(asked);
    expect(outboxIds.length).toBeGreaterThan(2);
    expect(await notice(asked)).toEqual({ outboxIds });
    const texts: string[] = [];
    for (const id of outboxIds) texts.push(openChat(world.store, await rowOf(world, id)).text);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(10_000);
    expect(texts.join('\n').match(/words and words/g)).toHaveLength(2_000);
  });

  test('send() and reconcile() leave an account that rests in peace until its file changes', async () => {
    const channel = xmppChannel({ port: 1, caFile: '/none' }, { name: 'chat' });
    await using world = await contentWorld([channel]);
    let asked = 0;
    const chat: ChatTransport = {
      ...chatTransport,
      send: async (_channel, _message, contentBegins) => {
        asked += 1;
        await contentBegins();
        return { state: 'unknown', detail: 'no answer' };
      },
      findCopy: async () => {
        asked += 1;
        return { found: false };
      },
    };
    const { transport } = farSide();
    const files = { current: () => world.files };
    const { notice, send, reconcile } = makeOutboxActivities({ store: world.store, files, transport, chat, log });
    const { outboxIds } = await notice({ personId: world.personId, key: 'k', subject: 'S', text: 'T' });
    const [outboxId = ''] = outboxIds;
    const { accountId } = await rowOf(world, outboxId);
    for (const _ of [1, 2, 3]) await recordStrike(world.store, accountId, 'refused');
    expect(await send({ outboxId })).toMatchObject({ state: 'queued', waitMs: 900_000 });
    expect(asked).toBe(0);
    await world.store.db.update(accounts).set({ state: 'active' });
    expect(await send({ outboxId })).toMatchObject({ state: 'unknown' });
    await world.store.db.update(accounts).set({ state: 'resting' });
    expect([await reconcile({ outboxId }), asked]).toEqual([{ state: 'unknown' }, 1]);
  });

  test('reconcile() queues what cannot be found once more only where the far side drops repeats, and only so long', async () => {
    const channel = xmppChannel({ port: 1, caFile: '/none' }, { name: 'chat' });
    await using world = await contentWorld([channel]);
    const ids: string[] = [];
    let dropsRepeatsMs = 3_600_000;
    const chat: ChatTransport = {
      ...chatTransport,
      send: async (_channel, { id }, contentBegins) => {
        await contentBegins();
        ids.push(id);
        return ids.length % 2 === 1 ? { state: 'unknown', detail: 'no answer' } : sent;
      },
      findCopy: async () => ({ found: false }),
      dropsRepeatsMs: async () => dropsRepeatsMs,
    };
    const files = { current: () => world.files };
    const { transport } = farSide();
    const { notice, send, reconcile } = makeOutboxActivities({ store: world.store, files, transport, chat, log });
    const unknown = async (key: string) => {
      const { outboxIds } = await notice({ personId: world.personId, key, subject: 'S', text: 'T' });
      expect(await send({ outboxId: outboxIds[0]! })).toMatchObject({ state: 'unknown' });
      return { outboxId: outboxIds[0]! };
    };
    const first = await unknown('k1');
    expect(await reconcile(first)).toEqual({ state: 'queued' });
    expect(await send(first)).toMatchObject({ state: 'sent' });
    expect(new Set(ids).size).toBe(1);
    dropsRepeatsMs = 0;
    expect(await reconcile(await unknown('k2'))).toEqual({ state: 'unknown' });
  });
});
