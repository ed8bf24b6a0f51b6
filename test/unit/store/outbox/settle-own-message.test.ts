/** - What comes back over its own account proves a lost answer; ids of others, of nobody and of what is settled mean nothing. */
import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { outbox } from '../../../../schemas/db/outbox.ts';
import { claimEffect, contentBegins } from '../../../../store/outbox/claim-effect.ts';
import { queueMessages } from '../../../../store/outbox/queue-effect.ts';
import { recordResult } from '../../../../store/outbox/record-result.ts';
import { settleOwnMessage } from '../../../../store/outbox/settle-own-message.ts';
import { inTransaction } from '../../../../store/store.ts';
import { testStore } from '../../../support/postgres.ts';

test('settleOwnMessage() settles what is unknown on its own account, and nothing else', async () => {
  await using opened = await testStore();
  const { store, personId } = opened;
  const effect = {
    personId,
    effectKey: 'k',
    kind: 'notice' as const,
    channel: 'xmpp',
    accountId: 'acc_1',
    address: 'a@b',
  };
  const [id] = await inTransaction(store, (inside) =>
    queueMessages(inside, { ...effect, parts: [{ document: [], text: 'x' }] }),
  );
  const stateOf = async () => (await store.db.select().from(outbox).where(eq(outbox.id, id!)))[0]!.state;
  await settleOwnMessage(store, 'acc_1', id!);
  expect(await stateOf()).toBe('queued');
  const claim = await claimEffect(store, id!);
  if (!claim.claimed) throw new Error('not claimed');
  await contentBegins(store, claim.row);
  await recordResult(store, claim.row, { state: 'unknown', detail: 'lost' });
  await settleOwnMessage(store, 'acc_2', id!);
  await settleOwnMessage(store, 'acc_1', 'out_00000000000000000000000000');
  expect(await stateOf()).toBe('unknown');
  await settleOwnMessage(store, 'acc_1', id!);
  expect(await stateOf()).toBe('sent');
});
