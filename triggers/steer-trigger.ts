import type { Steered } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import { lockTrigger } from '../store/fires/lock-trigger.ts';
import { inTransaction, type StoreIn } from '../store/store.ts';
import { readTriggerState, type TriggerState } from '../store/triggers/trigger-state.ts';
import { accountSlots } from './account-slots.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

/**
 * Changes how a trigger is steered, in one transaction under its lock. Slots up to now are accounted for first: they
 * follow the word that was in force when they were due.
 *
 * @param change - told of the state before
 * @returns how it is steered afterwards
 * @throws notFound where no such trigger is in force, badInput, storeBusy
 */
export async function steerTrigger(
  deps: DispatchDeps,
  name: string,
  change: (inside: StoreIn, before: TriggerState) => Promise<void>,
): Promise<Steered> {
  if (!deps.files.current().triggers.has(name)) {
    throw new StewardError('notFound', `There is no trigger "${name}" in force`);
  }
  await accountSlots(deps, name);
  try {
    return await inTransaction(deps.store, async (inside) => {
      await lockTrigger(inside, name);
      await change(inside, await readTriggerState(inside, name));
      const { pausedBy, pausedAt, skipNext } = await readTriggerState(inside, name);
      const paused =
        pausedBy === undefined || pausedAt === undefined ? {} : { paused: { by: pausedBy, since: pausedAt } };
      return { trigger: name, skipNext, ...paused };
    });
  } catch (error) {
    throw nameFailure(error);
  }
}
