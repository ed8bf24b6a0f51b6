import type { EffectState } from '../../schemas/endings.ts';
import type { SendResult } from '../../schemas/outgoing.ts';
import { inTransaction, type Store } from '../store.ts';
import { endEffect, lockEffect, type OutboxRow } from './claim-effect.ts';

/** A submission server that keeps saying "later" is asked for two days. @source RFC 5321 4.5.4.1 */
const giveUpAfterMs = 48 * 3_600_000;

/** Writes what an attempt came to, unless the effect was settled meanwhile (a copy came back through the inbox). */
export async function recordResult(store: Store, claim: OutboxRow, result: SendResult): Promise<EffectState> {
  return await inTransaction(store, async (inside) => {
    const row = await lockEffect(inside, claim.id);
    if ((row.state !== 'sending' && row.state !== 'unknown') || row.attempt !== claim.attempt) return row.state;
    // Another attempt gave this one up for dead; only a plain yes or no may still settle it.
    if (row.state === 'unknown' && result.state !== 'sent' && result.state !== 'failed') return row.state;
    const { detail } = result;
    if (result.state === 'again') {
      const tooOld = inside.clock.now().getTime() - row.createdAt.getTime() > giveUpAfterMs;
      if (tooOld) await endEffect(inside, row, { state: 'failed', detail: `gave up after 48 hours: ${detail}` });
      else await endEffect(inside, row, { state: 'queued', detail, waitMs: result.waitMs });
      return tooOld ? 'failed' : 'queued';
    }
    const code = 'code' in result ? result.code : undefined;
    await endEffect(inside, row, { state: result.state, detail, ...(code === undefined ? {} : { code }) });
    return result.state;
  });
}

/** Settles an effect because a copy of it was found. Finding proves; nothing else does. */
export async function recordCopyFound(store: Store, outboxId: string, where: string): Promise<EffectState> {
  return await inTransaction(store, async (inside) => {
    const row = await lockEffect(inside, outboxId);
    if (row.state !== 'unknown' && row.state !== 'sending') return row.state;
    await endEffect(inside, row, { state: 'sent', detail: 'a copy was found', provenBy: where });
    return 'sent';
  });
}

/**
 * Queues an unknown effect once more, under its own id: only where the far side drops a second one. Whoever holds the old
 * attempt may still prove it sent.
 */
export async function recordRepeat(store: Store, { id, attempt }: OutboxRow): Promise<EffectState> {
  return await inTransaction(store, async (inside) => {
    const row = await lockEffect(inside, id);
    if (row.state !== 'unknown' || row.attempt !== attempt) return row.state;
    await endEffect(inside, row, { state: 'queued', detail: 'is said again under its own id', waitMs: 0 });
    return 'queued';
  });
}
