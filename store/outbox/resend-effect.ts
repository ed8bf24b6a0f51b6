import { eq } from 'drizzle-orm';
import { outbox } from '../../schemas/db/outbox.ts';
import { StewardError } from '../../schemas/errors.ts';
import { appendAudit } from '../append-audit.ts';
import { appendEvent } from '../append-event.ts';
import { inTransaction, type Store } from '../store.ts';
import { lockEffect, type OutboxRow } from './claim-effect.ts';

/**
 * A person wants an effect tried once more that failed, or of which nobody knows whether it arrived. It keeps its id and
 * content, so a reader who has it already can see that it is the same.
 *
 * @throws notFound; badInput where it is under way, has arrived, or is a call, which is never repeated
 */
export async function resendEffect(store: Store, id: string, by: string): Promise<OutboxRow> {
  return await inTransaction(store, async (inside) => {
    const row = await lockEffect(inside, id);
    if (row.kind === 'call') throw new StewardError('badInput', `${id} is a call, which is never made twice`);
    if (row.state !== 'failed' && row.state !== 'unknown') {
      throw new StewardError('badInput', `${id} is ${row.state}; only what failed or is unknown can be sent again`);
    }
    const fresh = { state: 'queued' as const, claimedAt: null, contentBeganAt: null, nextTryAt: null, endedAt: null };
    const [queued] = await inside.db.update(outbox).set(fresh).where(eq(outbox.id, id)).returning();
    const { personId } = row;
    const data = { from: row.state };
    await appendEvent(inside, { aggregate: 'outbox', aggregateId: id, type: 'outbox.resent', personId, data });
    await appendAudit(inside, { actor: by, action: 'outbox.resend', subject: id, personId, data });
    return queued!;
  });
}
