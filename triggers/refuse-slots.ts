import type { Trigger } from '../schemas/trigger-file.ts';
import type { StoreIn } from '../store/store.ts';
import { countSkip, keepMemory, readTriggerState, recentFires } from '../store/triggers/trigger-state.ts';
import { decideCondition } from './decide-condition.ts';
import { gate } from './gate.ts';
import type { SlotGates } from './plan-slots.ts';

/** Asked slot by slot; then what was counted and remembered is kept. */
interface KeptGates extends SlotGates {
  keep(): Promise<void>;
}

/** The gates of one trigger over several slots at once: each that becomes a fire counts for the next. */
export async function refuseSlots(inside: StoreIn, personId: string, trigger: Trigger): Promise<KeptGates> {
  const now = inside.clock.now().getTime();
  const state = await readTriggerState(inside, trigger.name);
  const { cooldown, throttle } = trigger;
  const known =
    cooldown === undefined && throttle === undefined
      ? { recent: 0 }
      : await recentFires(inside, trigger.name, throttle?.per ?? 0);
  let { lastAt, recent }: { lastAt?: number; recent: number } = known;
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
    return decided.pass ? undefined : (decided.reason ?? 'its condition does not hold');
  };
  return {
    refuse,
    count: () => {
      lastAt = now;
      recent += 1;
    },
    keep: async () => {
      for (let left = state.skipNext - skipNext; left > 0; left -= 1) await countSkip(inside, trigger.name);
      if (remembers) await keepMemory(inside, trigger.name, personId, memory);
    },
  };
}
