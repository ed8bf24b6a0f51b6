import type { Steer, Steered } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import { appendAudit } from '../store/append-audit.ts';
import { appendEvent } from '../store/append-event.ts';
import { writeSteering } from '../store/triggers/steer-state.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { steerTrigger } from './steer-trigger.ts';

export const mostSkips = 1_000;

/**
 * The next `count` fires of a trigger end as skipped; 0 takes that back. It sets, and does not add, so it may be
 * repeated. A person's own request is not counted and runs.
 *
 * @param request.count - 0 to 1,000
 * @throws notFound, badInput, storeBusy
 */
export async function skipFires(
  deps: DispatchDeps,
  { trigger, by, count }: Steer & { readonly count: number },
): Promise<Steered> {
  if (!Number.isInteger(count) || count < 0 || count > mostSkips) {
    throw new StewardError('badInput', `The count is ${count}, expected 0 to ${mostSkips}`);
  }
  const { personId } = deps;
  return await steerTrigger(deps, trigger, async (inside, before) => {
    if (before.skipNext === count) return;
    await writeSteering(inside, trigger, personId, { skipNext: count });
    const data = { count };
    await appendEvent(inside, { aggregate: 'trigger', aggregateId: trigger, type: 'trigger.skips', personId, data });
    await appendAudit(inside, { actor: by, action: 'trigger.skip', subject: trigger, personId, data });
  });
}
