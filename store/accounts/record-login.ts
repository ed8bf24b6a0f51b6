import { and, eq, isNull, sql } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';

/** Refused logins in a row after which an account rests: a fourth would bring many providers to lock it. */
export const strikesUntilRest = 3;

/**
 * Counts one refused login.
 *
 * @param reason - the server's words, without any secret.
 * @returns the state that follows; `resting` holds until the channel file changes
 */
export async function recordStrike(
  store: Store,
  accountId: string,
  reason: string,
): Promise<{ readonly strikes: number; readonly state: 'active' | 'resting' }> {
  return inTransaction(store, async (inside) => {
    const [struck] = await inside.db
      .update(accounts)
      .set({
        strikes: sql`${accounts.strikes} + 1`,
        state: sql`case when ${accounts.strikes} + 1 >= ${strikesUntilRest} then 'resting' else ${accounts.state} end`,
        reason: reason.slice(0, 300),
        updatedAt: store.clock.now(),
      })
      .where(eq(accounts.id, accountId))
      .returning();
    if (struck === undefined) return { strikes: 0, state: 'resting' };
    const type = struck.state === 'resting' ? 'account.resting' : 'account.refused';
    const data = { strikes: struck.strikes };
    await appendEvent(inside, { aggregate: 'account', aggregateId: accountId, type, personId: struck.personId, data });
    return { strikes: struck.strikes, state: struck.state };
  });
}

/** Notes why an account cannot be read just now; the next successful login clears it. Says nothing twice. */
export async function recordTrouble(store: Store, accountId: string, reason: string): Promise<void> {
  await inTransaction(store, async (inside) => {
    const [row] = await inside.db
      .update(accounts)
      .set({ reason: reason.slice(0, 300) })
      .where(and(eq(accounts.id, accountId), isNull(accounts.reason)))
      .returning({ personId: accounts.personId });
    if (row === undefined) return;
    await appendEvent(inside, { aggregate: 'account', aggregateId: accountId, type: 'account.troubled', ...row });
  });
}

/** A login succeeded: no strikes are left. */
export async function recordConnected(store: Store, accountId: string): Promise<void> {
  const now = store.clock.now();
  await inTransaction(store, async (inside) => {
    const [row] = await inside.db
      .update(accounts)
      .set({ strikes: 0, state: 'active', reason: null, connectedAt: now, updatedAt: now })
      .where(eq(accounts.id, accountId))
      .returning({ personId: accounts.personId });
    if (row === undefined) return;
    await appendEvent(inside, { aggregate: 'account', aggregateId: accountId, type: 'account.connected', ...row });
  });
}
