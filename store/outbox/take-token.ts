import { and, eq, gt, lt, ne } from 'drizzle-orm';
import { outbox } from '../../schemas/db/outbox.ts';
import { sendRates } from '../../schemas/db/send-rates.ts';
import { waitFor } from '../../schemas/pace.ts';
import type { SendRate } from '../../schemas/send-rate.ts';
import type { StoreIn } from '../store.ts';

/**
 * Takes one token of an account's bucket, inside the caller's transaction, for all workers together: never more than
 * `messages` in any stretch of `perMs`, never more than `burst` at once.
 *
 * @returns 0 where it was there; else how long to wait, milliseconds, by how many older ones wait as well
 * @source GCRA, the virtual scheduling algorithm of ITU-T I.371
 */
export async function takeToken(
  inside: StoreIn,
  row: { readonly id: string; readonly accountId: string },
  { messages, perMs, burst }: SendRate,
): Promise<number> {
  const { accountId } = row;
  const now = inside.clock.now();
  await inside.db.insert(sendRates).values({ accountId, nextAt: now }).onConflictDoNothing();
  const [bucket] = await inside.db.select().from(sendRates).where(eq(sendRates.accountId, accountId)).for('update');
  const everyMs = perMs / (messages - burst);
  const { waitMs, nextMs } = waitFor({ everyMs, burst }, bucket!.nextAt.getTime(), now.getTime(), 1);
  if (waitMs <= 0) {
    await inside.db
      .update(sendRates)
      .set({ nextAt: new Date(Math.ceil(nextMs)) })
      .where(eq(sendRates.accountId, accountId));
    return 0;
  }
  const older = and(
    ...[eq(outbox.accountId, accountId), eq(outbox.state, 'queued'), ne(outbox.id, row.id)],
    ...[lt(outbox.id, row.id), gt(outbox.nextTryAt, now)],
  );
  return Math.ceil(waitMs + (await inside.db.$count(outbox, older)) * everyMs);
}
