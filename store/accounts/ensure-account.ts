import { eq } from 'drizzle-orm';
import type { Channel } from '../../schemas/channel-file.ts';
import { accounts } from '../../schemas/db/accounts.ts';
import { newId } from '../../schemas/ids.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';
import type { Account } from './find-account.ts';

/**
 * Makes the row of a channel file, or brings it up to the file. Another text of the file starts anew: no strikes, no rest.
 * May be repeated; two at once make one.
 */
export async function ensureAccount(
  store: Store,
  channel: Pick<Channel, 'name' | 'enabled' | 'hash'> & { readonly kind: string },
  personId: string,
): Promise<Account> {
  const now = store.clock.now();
  return inTransaction(store, async (inside) => {
    const file = { enabled: channel.enabled, channel: channel.kind, updatedAt: now };
    const [made] = await inside.db
      .insert(accounts)
      .values({ id: newId('account', store.clock), personId, name: channel.name, fileHash: channel.hash, ...file })
      .onConflictDoNothing({ target: accounts.name })
      .returning();
    if (made !== undefined) {
      await appendEvent(inside, { aggregate: 'account', aggregateId: made.id, type: 'account.added', personId });
      return made;
    }
    const [known] = await inside.db.select().from(accounts).where(eq(accounts.name, channel.name)).for('update');
    if (known === undefined) throw new TypeError(`Account ${channel.name} vanished while it was read`);
    if (known.fileHash === channel.hash && known.enabled === channel.enabled) return known;
    const fresh = { ...file, fileHash: channel.hash, state: 'active' as const, reason: null, strikes: 0 };
    const [renewed] = await inside.db.update(accounts).set(fresh).where(eq(accounts.id, known.id)).returning();
    await appendEvent(inside, { aggregate: 'account', aggregateId: known.id, type: 'account.renewed', personId });
    return renewed ?? known;
  });
}
