import { patched } from '@temporalio/workflow';
import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { faults, outbox, probes } from './proxies.ts';
import { runFire } from './steps/run-fire.ts';
import { settleOutbox } from './steps/settle-outbox.ts';

/** Check names of channels: the notice about a broken channel goes to every other one. */
const channelPrefix = 'channel:';
/** Check names of services: one may name a trigger that handles its faults. */
const servicePrefix = 'service:';

/**
 * Checks machine, parts, channels and services; a change of state is told once.
 *
 *   schedule -> healthCheck -> probes.check -> faults.fire -> outbox.notice -> outbox.send
 *
 * Repeat: one slot is one check; a transition is one notice. Failure: an unreachable service is a result, not a failure.
 */
export function healthCheck(fire: FireInput): Promise<FlowOutcome> {
  return runFire(fire, async () => {
    const { transitions, failing, heartbeat } = await probes.check({});
    const told = await handledFaults(transitions.map(({ check }) => check));
    for (const { check, healthy, detail } of transitions) {
      if (told.includes(check)) continue;
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

/** Fires what services name in `onFault`. @returns checks whose owner is told by another flow */
async function handledFaults(checks: readonly string[]): Promise<readonly string[]> {
  const services = checks.filter((check) => check.startsWith(servicePrefix));
  if (services.length === 0 || !patched('onFault')) return [];
  return (await faults.fire({ checks: services })).told;
}
