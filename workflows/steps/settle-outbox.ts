import { condition, sleep } from '@temporalio/workflow';
import type { EffectState } from '../../schemas/endings.ts';
import { sending } from '../proxies.ts';
import { beside } from './one-order.ts';

/** A submission server that says "later" is asked for two days. @source RFC 5321 4.5.4.1 */
const giveUpAfterMs = 48 * 3_600_000;
/** A server that is away for a night must not fill a history: each try is about eleven events. */
const longestPauseMs = 120_000;
/** After an unanswered attempt the copy may take this long to show up in Sent or the inbox. */
const lookAgainMs = [2_000, 15_000, 60_000];

/**
 * Brings one outbox row to its end: sent, failed, or unknown and shown. Never sends what may have been sent.
 *
 * @param handsOver - whether another run is to take it up: then what waits for another try is left `queued`
 */
export async function settleOutbox(outboxId: string, handsOver = () => false): Promise<EffectState> {
  let waitedMs = 0;
  for (let tries = 0; ; tries += 1) {
    const { state, waitMs = 30_000, paced } = await beside(sending.send({ outboxId }));
    if (state === 'unknown') {
      const settled = await lookForCopy(outboxId);
      if (settled !== 'queued') return settled;
      continue;
    }
    if (state !== 'queued' || waitedMs > giveUpAfterMs || handsOver()) return state;
    // Its turn comes; that is no failure of the far side.
    if (paced === true) {
      await beside(condition(handsOver, waitMs, { summary: `its channel has sent as much as it may, ${outboxId}` }));
      if (handsOver()) return state;
      tries -= 1;
      continue;
    }
    const pauseMs = Math.max(waitMs, Math.min(longestPauseMs, 1_000 * 2 ** tries));
    await beside(condition(handsOver, pauseMs, { summary: `the far side asked to wait, ${outboxId}` }));
    if (handsOver()) return state;
    waitedMs += pauseMs;
  }
}

async function lookForCopy(outboxId: string): Promise<EffectState> {
  for (const waitMs of lookAgainMs) {
    await beside(sleep(waitMs, { summary: `looking for a copy of ${outboxId}` }));
    const { state, hopeless } = await beside(sending.reconcile({ outboxId }));
    // What comes behind it does not wait for what cannot be seen.
    if (state !== 'unknown' || hopeless === true) return state;
  }
  return 'unknown';
}
