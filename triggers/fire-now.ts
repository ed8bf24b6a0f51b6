import type { FireReceipt } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import { slotKeys } from '../schemas/ids.ts';
import { overlapOf } from '../schemas/trigger-kinds.ts';
import { appendAudit } from '../store/append-audit.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import { type FireRow, openFire } from '../store/fires/open-fire.ts';
import { inTransaction, type StoreIn } from '../store/store.ts';
import { begun, cancelFires, type OpenFire, openFiresOf, overtakeFires } from './cancel-fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';
import { newFire } from './new-fire.ts';
import { startFire } from './start-fire.ts';

/**
 * Fires a trigger because someone asks. It runs beside an open fire unless the file says `overlap: cancelPrevious`:
 * `skip` keeps automatic fires from piling up and does not refuse a person.
 *
 * @throws notFound, badInput, storeBusy, temporalBusy; after temporalBusy the row is safe and the sweeper starts it
 */
export async function fireNow(
  deps: DispatchDeps,
  request: { trigger: string; requestId: string; args?: Record<string, unknown>; by?: string },
): Promise<FireReceipt> {
  const trigger = deps.files.current().triggers.get(request.trigger);
  if (trigger === undefined) throw new StewardError('notFound', `There is no trigger "${request.trigger}" in force`);
  if (!/^[\w.:-]{1,100}$/.test(request.requestId)) {
    throw new StewardError('badInput', 'The request id is not 1 to 100 letters, digits and . _ : -');
  }
  let opened: { fire: FireRow; accepted: boolean };
  let previous: OpenFire[] = [];
  try {
    opened = await inTransaction(deps.store, async (inside) => {
      if (overlapOf(trigger) === 'cancelPrevious') {
        await lockTrigger(inside, trigger.name);
        previous = begun(await openFiresOf(inside, trigger.name));
      }
      const fire = newFire(deps.personId, trigger, {
        ...{ kind: 'manual', slotKey: slotKeys.manual(request.requestId), dueAt: deps.store.clock.now() },
        args: request.args ?? {},
      });
      const known = await openFire(inside, fire, 'request');
      if (known.accepted) await overtakeFires(inside, previous, known.fire.id);
      if (known.accepted && request.by !== undefined) await auditFire(inside, request.by, known.fire);
      return known;
    });
  } catch (error) {
    throw nameFailure(error);
  }
  const { fire, accepted } = opened;
  // A second delivery may be the repeat of one whose start was lost.
  if (fire.state === 'open') await startFire(deps, fire);
  if (accepted) await cancelFires(deps, previous);
  return { fireId: fire.id, workflowId: fire.workflowId, accepted };
}

async function auditFire(inside: StoreIn, actor: string, { id, trigger, personId }: FireRow): Promise<void> {
  await appendAudit(inside, { actor, action: 'trigger.fire', subject: trigger, personId, data: { fire: id } });
}
