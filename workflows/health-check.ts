import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { outbox, probes } from './proxies.ts';
import { runFire } from './steps/run-fire.ts';
import { settleOutbox } from './steps/settle-outbox.ts';

/** Check names of channels: the notice about a broken channel goes to every other one. */
const channelPrefix = 'channel:';

/**
 * Checks machine, parts, channels and services; a change of state is told once.
 *
 *   schedule -> healthCheck -> probes.check -> outbox.notice -> outbox.send
 *
 * Repeat: one slot is one check; a transition is one notice. Failure: an unreachable service is a result, not a failure.
 */
export function healthCheck(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, async () => {
    const { transitions, failing, heartbeat } = await probes.check({});
    for (const { check, healthy, detail } of transitions) {
      const { outboxIds } = await outbox.notice({
        personId: fire.personId,
        key: `${fire.fireId}:${check}`,
        subject: `${check} ${healthy ? 'is well again' : 'has a problem'}`,
        text: detail,
        ...(check.startsWith(channelPrefix) ? { except: check.slice(channelPrefix.length) } : {}),
      });
      await Promise.all(outboxIds.map((outboxId) => settleOutbox(outboxId)));
    }
    return {
      outcome: failing === 0 ? 'healthy' : 'failing',
      facts: { failing, changed: transitions.length, heartbeat },
    };
  });
}
