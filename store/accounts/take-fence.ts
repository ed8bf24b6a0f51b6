import { eq, sql } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { StoreIn } from '../store.ts';
import type { Account } from './find-account.ts';

/**
 * Makes the caller the one session of an account: whoever held an older fence can move nothing any more.
 *
 * @returns the account with the new fence
 * @throws channelUnknown when there is no such account
 */
export async function takeFence(store: StoreIn, accountId: string): Promise<Account> {
  const [taken] = await store.db
    .update(accounts)
    .set({ fence: sql`${accounts.fence} + 1` })
    .where(eq(accounts.id, accountId))
    .returning();
  if (taken === undefined) throw new StewardError('channelUnknown', `Account ${accountId} does not exist`);
  return taken;
}

/**
 * Holds the fence until the end of the transaction.
 *
 * @throws sessionSuperseded when a newer session has taken it
 */
export async function holdFence(inside: StoreIn, accountId: string, fence: number): Promise<void> {
  const [row] = await inside.db
    .select({ fence: accounts.fence })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .for('share');
  if (row?.fence !== fence) {
    throw new StewardError('sessionSuperseded', `A newer session serves account ${accountId}`);
  }
}
