import type { Steer, Steered } from '../schemas/dispatch.ts';
import { appendAudit } from '../store/append-audit.ts';
import { appendEvent } from '../store/append-event.ts';
import type { StoreIn } from '../store/store.ts';
import { pauseAction, sealReason } from '../store/triggers/pause-reason.ts';
import { writeSteering } from '../store/triggers/steer-state.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { steerTrigger } from './steer-trigger.ts';

/**
 * Pauses a trigger: until it is resumed, each of its slots and events ends as skipped. What was accepted before runs
 * on, and a person's own request still runs. May be repeated: the first pause stays, a further reason is added.
 *
 * @throws notFound, storeBusy
 */
export async function pauseTrigger(
  deps: DispatchDeps,
  { trigger, by, reason }: Steer & { readonly reason?: string },
): Promise<Steered> {
  return await steerTrigger(deps, trigger, async (inside, before) => {
    if (before.pausedBy !== undefined && reason === undefined) return;
    if (before.pausedBy === undefined) {
      await writeSteering(inside, trigger, deps.personId, { pausedAt: inside.clock.now(), pausedBy: by });
      await tell(inside, deps.personId, trigger, 'trigger.paused');
    }
    await appendAudit(inside, {
      ...{ actor: by, action: pauseAction, subject: trigger, personId: deps.personId },
      data: reason === undefined ? {} : sealReason(inside, deps.personId, reason),
    });
  });
}

/** Takes a pause back: slots from now on run again. May be repeated. @throws notFound, storeBusy */
export async function resumeTrigger(deps: DispatchDeps, { trigger, by }: Steer): Promise<Steered> {
  return await steerTrigger(deps, trigger, async (inside, before) => {
    if (before.pausedBy === undefined) return;
    await writeSteering(inside, trigger, deps.personId, { pausedAt: null, pausedBy: null });
    await tell(inside, deps.personId, trigger, 'trigger.resumed');
    await appendAudit(inside, { actor: by, action: 'trigger.resume', subject: trigger, personId: deps.personId });
  });
}

async function tell(inside: StoreIn, personId: string, trigger: string, type: string): Promise<void> {
  await appendEvent(inside, { aggregate: 'trigger', aggregateId: trigger, type, personId });
}
