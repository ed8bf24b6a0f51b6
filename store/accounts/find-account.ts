import { eq } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import type { StoreIn } from '../store.ts';

export type Account = typeof accounts.$inferSelect;

/** The row of one account, or undefined when there is none. */
export async function findAccount(store: StoreIn, accountId: string): Promise<Account | undefined> {
  const [found] = await store.db.select().from(accounts).where(eq(accounts.id, accountId));
  return found;
}
