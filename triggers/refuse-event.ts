import type { TriggerEvent } from '../schemas/dispatch.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { StoreIn } from '../store/store.ts';
import { countSkip, keepMemory, readTriggerState, recentFires } from '../store/triggers/trigger-state.ts';
import { decideCondition } from './decide-condition.ts';
import { longestChain } from './followers.ts';
import { gate } from './gate.ts';

/**
 * Why this event runs nothing, or undefined. Skips and what the condition remembers are counted here.
 *
 * @param joins - a fire that still collects would take it along: then neither cooldown nor throttle is asked
 */
export async function refuseEvent(
  inside: StoreIn,
  personId: string,
  trigger: Trigger,
  event: Pick<TriggerEvent, 'event' | 'causedBy'>,
  joins: boolean,
): Promise<string | undefined> {
  if ((event.causedBy?.depth ?? 0) >= longestChain) {
    return `the chain of flows that set each other off is ${longestChain} long`;
  }
  const state = await readTriggerState(inside, trigger.name);
  const { cooldown, throttle } = joins ? {} : trigger;
  const recent =
    cooldown === undefined && throttle === undefined
      ? { recent: 0 }
      : await recentFires(inside, trigger.name, throttle?.per ?? 0);
  const refused = gate(joins ? {} : trigger, {
    ...{ now: inside.clock.now().getTime(), skipNext: state.skipNext, ...recent },
    ...(state.pausedBy === undefined ? {} : { pausedBy: state.pausedBy }),
  });
  if (refused !== undefined) {
    if (state.pausedBy === undefined && state.skipNext > 0) await countSkip(inside, trigger.name);
    return refused;
  }
  const decided = decideCondition(trigger, event.event, state.memory, inside.clock.now());
  if (decided.state !== undefined) await keepMemory(inside, trigger.name, personId, decided.state);
  return decided.pass ? undefined : (decided.reason ?? 'its condition does not hold');
}
