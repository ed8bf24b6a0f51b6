import type { Trigger } from '../schemas/trigger-file.ts';
import type { StoreIn } from '../store/store.ts';
import { countSkip, keepMemory, readTriggerState, recentFires } from '../store/triggers/trigger-state.ts';
import { decideCondition } from './decide-condition.ts';
import { gate } from './gate.ts';

/** Asked slot by slot, oldest first; then what was counted is kept. */
export interface Refusals {
  readonly refuse: (at: number) => string | undefined;
  keep(): Promise<void>;
}

/** The gates of one trigger over several slots at once: each that passes counts for the next. */
export async function refuseSlots(inside: StoreIn, personId: string, trigger: Trigger): Promise<Refusals> {
  const now = inside.clock.now().getTime();
  const state = await readTriggerState(inside, trigger.name);
  const { cooldown, throttle } = trigger;
  const known =
    cooldown === undefined && throttle === undefined
      ? { recent: 0 }
      : await recentFires(inside, trigger.name, throttle?.per ?? 0);
  let { lastAt, recent } = { lastAt: undefined, ...known };
  let { skipNext, memory } = state;
  let remembers = false;
  const refuse = (at: number) => {
    const reason = gate(trigger, {
      ...{ now, skipNext, recent },
      ...(lastAt === undefined ? {} : { lastAt }),
      ...(state.pausedBy === undefined ? {} : { pausedBy: state.pausedBy }),
    });
    if (reason !== undefined) {
      if (state.pausedBy === undefined && skipNext > 0) skipNext -= 1;
      return reason;
    }
    const event = { kind: 'schedule', dueAt: new Date(at).toISOString() };
    const decided = decideCondition(trigger, event, memory, new Date(now));
    if (decided.state !== undefined) {
      memory = decided.state;
      remembers = true;
    }
    if (!decided.pass) return decided.reason ?? 'its condition does not hold';
    lastAt = now;
    recent += 1;
    return undefined;
  };
  return {
    refuse,
    keep: async () => {
      for (let left = state.skipNext - skipNext; left > 0; left -= 1) await countSkip(inside, trigger.name);
      if (remembers) await keepMemory(inside, trigger.name, personId, memory);
    },
  };
}
