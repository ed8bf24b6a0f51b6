import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { outbox } from './proxies.ts';
import { runFire } from './steps/run-fire.ts';
import { settleOutbox } from './steps/settle-outbox.ts';

interface Failed {
  readonly fireId: string;
  readonly trigger: string;
  readonly flow: string;
  readonly reason: string;
  readonly dueAt: string;
}

/**
 * Tells the owner that a run failed, where its trigger says `onFailure: { notify: ... }`.
 *
 *   failure -> failureNotice -> outbox.notice -> outbox.send
 *
 * Repeat: one failed fire is one notice. Failure: with no channel there is nobody to tell, and the ledger says so.
 */
export function failureNotice(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, async ({ args }) => {
    const { failed, to } = args as { failed: Failed; to?: string[] };
    const { outboxIds } = await outbox.notice({
      personId: fire.personId,
      key: `${fire.fireId}:failed`,
      subject: `${failed.trigger} failed`,
      text: `${failed.flow}, due ${failed.dueAt}, failed: ${failed.reason}\nFire: ${failed.fireId}`,
      ...(to === undefined ? {} : { to }),
    });
    const states = await Promise.all(outboxIds.map((outboxId) => settleOutbox(outboxId)));
    return { outcome: outboxIds.length === 0 ? 'nobodyToTell' : 'told', facts: { places: states.length } };
  });
}
