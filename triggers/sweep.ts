import type { SweepResult } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import { notePresence, touchPresence } from '../store/presence/note-presence.ts';
import { accountSlots } from './account-slots.ts';
import { sweepApprovals } from './decide-approval.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';
import { sweepConversations } from './sweep-conversations.ts';
import { sweepFires } from './sweep-fires.ts';
import { sweepFollowers } from './sweep-followers.ts';
import { sweepInbox } from './sweep-inbox.ts';
import { sweepMailEvents } from './sweep-mail-events.ts';
import { sweepOutbox } from './sweep-outbox.ts';

/**
 * Finds every row without its run, and every run without its ending; accounts for overdue slots of every schedule.
 * First it notes that somebody is at work, and the absence before that where there was one.
 * May be repeated at any time, also by several at once: each step is safe to do twice.
 *
 * @throws storeBusy, temporalBusy; what was done until then stays done
 */
export async function sweep(deps: DispatchDeps): Promise<SweepResult> {
  try {
    await notePresence(deps.store);
    for (const trigger of deps.files.current().triggers.keys()) await accountAlone(deps, trigger);
    const fires = await sweepFires(deps);
    await sweepFollowers(deps);
    await sweepMailEvents(deps);
    const announced = await sweepInbox(deps);
    const woken = await sweepConversations(deps);
    const told = await sweepApprovals(deps);
    const resumed = await sweepOutbox(deps);
    await touchPresence(deps.store);
    return { ...fires, announced, woken, told, resumed };
  } catch (error) {
    throw nameFailure(error);
  }
}

/** A schedule that cannot be accounted for holds up neither the others nor the rest; a store that is away does. */
async function accountAlone(deps: DispatchDeps, trigger: string): Promise<void> {
  try {
    await accountSlots(deps, trigger);
  } catch (error) {
    if (error instanceof StewardError) throw error;
    deps.log.warn({ trigger, err: error }, 'the slots of a trigger could not be accounted for');
  }
}
