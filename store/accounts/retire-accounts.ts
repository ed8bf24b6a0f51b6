import { and, eq, notInArray } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

/**
 * Marks every account whose file is gone or switched off. What was taken in stays; a file of the same name wakes it.
 *
 * @param serving - names of the channels that are served
 * @returns ids of the accounts that were served until now
 */
export async function retireAccounts(store: Store, personId: string, serving: readonly string[]): Promise<string[]> {
  return await inTransaction(store, async (inside) => {
    const retired = await inside.db
      .update(accounts)
      .set({ enabled: false, updatedAt: inside.clock.now() })
      .where(and(eq(accounts.personId, personId), eq(accounts.enabled, true), notInArray(accounts.name, [...serving])))
      .returning({ id: accounts.id });
    for (const { id } of retired) {
      await appendEvent(inside, { aggregate: 'account', aggregateId: id, type: 'account.retired', personId });
    }
    return retired.map(({ id }) => id);
  });
}
