import type { FireReceipt, TriggerEvent } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import { inTransaction } from '../store/store.ts';
import { type Admitted, admitEvent } from './admit-event.ts';
import { cancelFires } from './cancel-fires.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { isInForce } from './gate.ts';
import { nameFailure } from './name-failure.ts';
import { startFire } from './start-fire.ts';

/**
 * An event of one trigger becomes a fire, joins one that waits, or is on record with the reason why it runs nothing.
 * One transaction under the trigger's lock; then the run starts. May be repeated: that is a delivery, not a second fire.
 *
 * @throws notFound where no such trigger is in force, storeBusy; a start that fails is left to the sweeper
 * @source docs/design/fires.md
 */
export async function fireEvent(deps: DispatchDeps, event: TriggerEvent): Promise<FireReceipt> {
  const trigger = deps.files.current().triggers.get(event.trigger);
  if (trigger === undefined || !isInForce(trigger, deps.store.clock.now())) {
    throw new StewardError('notFound', `There is no trigger "${event.trigger}" in force`);
  }
  let admitted: Admitted;
  try {
    admitted = await inTransaction(deps.store, (inside) => admitEvent(deps, inside, trigger, event));
  } catch (error) {
    throw nameFailure(error);
  }
  const { fire, accepted, joined, overtaken } = admitted;
  let unstarted = false;
  if (!joined && fire.state === 'open' && fire.waits !== 'queue') {
    try {
      await startFire(deps, fire);
    } catch (error) {
      unstarted = true;
      deps.log.warn({ fire: fire.id, err: error }, 'a fire could not be started yet; the sweeper tries again');
    }
  }
  await cancelFires(deps, overtaken);
  return { fireId: fire.id, workflowId: fire.workflowId, accepted, ...(unstarted ? { unstarted } : {}) };
}
