import { and, eq, inArray } from 'drizzle-orm';
import { outbox } from '../../schemas/db/outbox.ts';
import { appendEvent } from '../append-event.ts';
import type { StoreIn } from '../store.ts';

/**
 * A copy of Steward's own mail was found: an attempt whose answer was lost, or is still awaited, has succeeded.
 * Inside the caller's transaction; may be repeated.
 *
 * @param where - where the copy was found: `inbox` or `sent`.
 * @returns whether this settled it
 */
export async function settleOwnMail(inside: StoreIn, outboxId: string, where: string): Promise<boolean> {
  const [settled] = await inside.db
    .update(outbox)
    .set({
      state: 'sent',
      result: { detail: `a copy was found in ${where}`, provenBy: where },
      endedAt: inside.clock.now(),
      nextTryAt: null,
    })
    .where(and(eq(outbox.id, outboxId), inArray(outbox.state, ['sending', 'unknown'])))
    .returning({ personId: outbox.personId });
  if (settled === undefined) return false;
  const data = { provenBy: where };
  await appendEvent(inside, { aggregate: 'outbox', aggregateId: outboxId, type: 'outbox.sent', ...settled, data });
  return true;
}
