/**
 * - Never more than `messages` in any stretch of `per`, never more than `burst` at once, whoever asks at the same time.
 * - What has to wait stays queued, with the time of its turn, and no try is counted.
 */
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../schemas/clock.ts';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { sendRateOf } from '../../../../schemas/send-rate.ts';
import { ensureAccount } from '../../../../store/accounts/ensure-account.ts';
import { claimEffect } from '../../../../store/outbox/claim-effect.ts';
import { queueMessages } from '../../../../store/outbox/queue-effect.ts';
import { takeToken } from '../../../../store/outbox/take-token.ts';
import { inTransaction } from '../../../../store/store.ts';
import { testStore } from '../../../support/postgres.ts';

const start = '2026-11-27T08:00:00Z';
const channel = { kind: 'xmpp', name: 'talk', hash: 'h' } as never;

test('takeToken() grants no more than the law of its rate, at any times and however many ask at once', async () => {
  const clock = fixedClock(start);
  await using opened = await testStore({ clock });
  const { store, personId } = opened;
  let accounts = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 12 }),
      fc.integer({ min: 1, max: 11 }),
      fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 2_500 }), asks: fc.integer({ min: 1, max: 6 }) }), {
        maxLength: 25,
      }),
      async (messages, wanted, steps) => {
        const rate = { messages, perMs: 10_000, burst: Math.min(wanted, messages - 1) };
        accounts += 1;
        const account = await ensureAccount(
          store,
          { ...(channel as object), name: `talk${accounts}` } as never,
          personId,
        );
        const granted: number[] = [];
        for (const { waitMs, asks } of steps) {
          clock.advance(waitMs);
          const row = { id: 'out_1', accountId: account.id };
          const waits = await Promise.all(
            Array.from({ length: asks }, () => inTransaction(store, (inside) => takeToken(inside, row, rate))),
          );
          const now = clock.now().getTime();
          granted.push(...waits.filter((wait) => wait === 0).map(() => now));
        }
        for (const [at, from] of granted.entries()) {
          expect(granted.slice(at).filter((one) => one < from + rate.perMs).length).toBeLessThanOrEqual(rate.messages);
          expect(granted.filter((one) => one === from).length).toBeLessThanOrEqual(rate.burst);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

test('takeToken() grants all of its rate to whoever comes when it is told to', async () => {
  const clock = fixedClock(start);
  await using opened = await testStore({ clock });
  const { store, personId } = opened;
  const { id: accountId } = await ensureAccount(store, channel, personId);
  const rate = { messages: 10, perMs: 1_000, burst: 2 };
  let granted = 0;
  const began = clock.now().getTime();
  while (clock.now().getTime() < began + 10_000) {
    const waitMs = await inTransaction(store, (inside) => takeToken(inside, { id: 'out_1', accountId }, rate));
    if (waitMs === 0) granted += 1;
    else clock.advance(waitMs);
  }
  expect(granted).toBe(2 + (10_000 / 1_000) * 8 - 1);
});

test('claimEffect() leaves what has to wait queued, with the time of its turn, without a try', async () => {
  const clock = fixedClock(start);
  await using opened = await testStore({ clock });
  const { store, personId } = opened;
  const { id: accountId } = await ensureAccount(store, channel, personId);
  const parts = Array.from({ length: 4 }, (_, at) => ({ document: [], text: `${at}` }));
  const effect = {
    personId,
    accountId,
    channel: 'xmpp',
    kind: 'notice' as const,
    effectKey: 'k',
    address: 'me@x.example',
  };
  const ids = await inTransaction(store, (inside) => queueMessages(inside, { ...effect, parts }));
  const rate = { messages: 6, perMs: 60_000, burst: 1 };
  expect(await claimEffect(store, ids[0]!, rate)).toMatchObject({ claimed: true });
  const waits = [];
  for (const id of ids.slice(1)) waits.push(await claimEffect(store, id, rate));
  expect(waits).toEqual([12_000, 24_000, 36_000].map((waitMs) => ({ claimed: false, state: 'queued', waitMs })));
  const [waiting] = await store.db.select().from(outbox).where(eq(outbox.id, ids[1]!));
  expect(waiting).toMatchObject({
    ...{ state: 'queued', attempt: 0, result: { detail: 'waits for the rate limit of its channel' } },
    nextTryAt: new Date(clock.now().getTime() + 12_000),
  });
  clock.advance(12_000);
  expect(await claimEffect(store, ids[1]!, rate)).toMatchObject({ claimed: true, row: { attempt: 1 } });
});

test('sendRateOf() takes what the file says, and what a service takes where it says nothing', () => {
  expect(sendRateOf({ kind: 'matrix', rate: { messages: 20, per: 60_000 } })).toEqual({
    messages: 20,
    perMs: 60_000,
    burst: 5,
  });
  expect(sendRateOf({ kind: 'github' })).toEqual({ messages: 30, perMs: 60_000, burst: 7 });
  expect(sendRateOf({ kind: 'maildir' })).toBeUndefined();
});
