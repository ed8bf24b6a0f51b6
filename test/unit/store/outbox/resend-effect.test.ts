/**
 * - What failed or is unknown is sent again under its own id and content, because a person says so; it is audited.
 * - Nothing else is: what arrived, what is under way, and no call ever.
 */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { audit } from '../../../../schemas/db/records.ts';
import { claimEffect, contentBegins, openMail } from '../../../../store/outbox/claim-effect.ts';
import { queueCall } from '../../../../store/outbox/queue-call.ts';
import { queueEffect } from '../../../../store/outbox/queue-effect.ts';
import { recordResult } from '../../../../store/outbox/record-result.ts';
import { resendEffect } from '../../../../store/outbox/resend-effect.ts';
import { type TestStore, testStore } from '../../../support/postgres.ts';

async function effectIn(opened: TestStore, state: 'queued' | 'sent' | 'failed' | 'unknown'): Promise<string> {
  const { store, personId } = opened;
  const id = await queueEffect(store, {
    ...{ personId, effectKey: `fir_1:notice:${state}`, kind: 'notice', channel: 'maildir', accountId: 'acc_1' },
    ...{ address: 'me@x.example', mail: { subject: 'S', text: 'T' } },
  });
  if (state === 'queued') return id;
  const claim = await claimEffect(store, id);
  if (!claim.claimed) throw new Error('not claimed');
  await contentBegins(store, claim.row);
  await recordResult(store, claim.row, { state, detail: 'as the test says' });
  return id;
}

test.each(['failed', 'unknown'] as const)(
  'resendEffect() queues what is %s once more, the same as before',
  async (state) => {
    await using opened = await testStore();
    const { store } = opened;
    const id = await effectIn(opened, state);
    const [before] = await store.db.select().from(outbox).where(eq(outbox.id, id));
    const row = await resendEffect(store, id, 'owner');
    expect(row).toMatchObject({ id, state: 'queued', contentBeganAt: null, endedAt: null });
    expect(openMail(store, row)).toEqual(openMail(store, before!));
    expect((await store.db.select().from(audit)).map(({ action, subject }) => [action, subject])).toEqual([
      ['outbox.resend', id],
    ]);
    expect(await claimEffect(store, id)).toMatchObject({ claimed: true, row: { attempt: 2 } });
    await expect(resendEffect(store, id, 'owner')).rejects.toMatchObject({ code: 'badInput' });
  },
);

test('resendEffect() refuses what arrived, what waits, a call, and what is not there', async () => {
  await using opened = await testStore();
  const { store, personId } = opened;
  for (const state of ['sent', 'queued'] as const) {
    await expect(resendEffect(store, await effectIn(opened, state), 'owner')).rejects.toMatchObject({
      code: 'badInput',
    });
  }
  const call = { url: 'http://127.0.0.1/', method: 'POST', headers: {}, timeoutMs: 1_000 };
  const called = await queueCall(store, { personId, effectKey: 'fir_1:action', call });
  await expect(resendEffect(store, called, 'owner')).rejects.toMatchObject({ code: 'badInput' });
  await expect(resendEffect(store, 'out_none', 'owner')).rejects.toMatchObject({ code: 'notFound' });
});
