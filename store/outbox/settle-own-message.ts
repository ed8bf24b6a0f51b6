import { and, eq, inArray } from 'drizzle-orm';
import { outbox } from '../../schemas/db/outbox.ts';
import { settleOwnMail } from '../inbox/settle-own-mail.ts';
import { inTransaction, type Store } from '../store.ts';

/**
 * One of our own messages came back over its own account: an attempt whose answer was lost has succeeded. An id that the
 * ledger does not know, or of another account, means nothing: the account may have spoken with another Steward's voice,
 * or before a restore. May be repeated.
 */
export async function settleOwnMessage(store: Store, accountId: string, outboxId: string): Promise<void> {
  const open = and(
    ...[eq(outbox.id, outboxId), eq(outbox.accountId, accountId)],
    inArray(outbox.state, ['sending', 'unknown']),
  );
  if ((await store.db.$count(outbox, open)) === 0) return;
  await inTransaction(store, (inside) => settleOwnMail(inside, outboxId, 'the channel'));
}
