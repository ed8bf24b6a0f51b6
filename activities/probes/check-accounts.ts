import { eq } from 'drizzle-orm';
import { accounts } from '../../schemas/db/accounts.ts';
import type { FileSet } from '../../schemas/file-set.ts';
import type { CheckResult } from '../../store/health/record-checks.ts';
import type { Store } from '../../store/store.ts';

/** An account that never connected has this long to do so before it counts as ill. */
const patienceMs = 10 * 60_000;

/** The state of every enabled channel, as its session keeps it. Reads only. @throws storeBusy */
export async function checkAccounts(store: Store, { channels }: Pick<FileSet, 'channels'>): Promise<CheckResult[]> {
  const rows = await store.db.select().from(accounts).where(eq(accounts.enabled, true));
  return rows
    .filter((row) => channels.get(row.name)?.enabled === true)
    .map((row) => {
      const check = `channel:${row.name}`;
      if (row.state === 'resting') return { check, healthy: false, detail: 'rests until its file changes' };
      // The session notes what is wrong while it cannot read, and clears it with the next login.
      if (row.reason !== null) return { check, healthy: false, detail: `cannot be read: ${row.reason}` };
      const waitsMs = store.clock.now().getTime() - row.updatedAt.getTime();
      if (row.connectedAt === null && waitsMs > patienceMs) {
        return { check, healthy: false, detail: 'has not connected since its file changed' };
      }
      return { check, healthy: true, detail: row.connectedAt === null ? 'is connecting' : 'connects' };
    });
}
