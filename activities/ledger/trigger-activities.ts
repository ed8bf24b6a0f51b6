import type { Dispatch, SweepResult } from '../../schemas/dispatch.ts';

/** What the wake and sweep workflows do, by way of the injected dispatch. */
export function makeTriggerActivities({ dispatch }: { dispatch: Dispatch }) {
  return {
    /** Accounts for all slots of one schedule since the last. May be repeated. @throws storeBusy, temporalBusy */
    accountSlots: ({ trigger }: { trigger: string }) => dispatch.accountSlots(trigger),
    /** Finds rows without runs and runs without endings. May be repeated. @throws storeBusy, temporalBusy */
    sweep: (_: Record<string, never>): Promise<SweepResult> => dispatch.sweep(),
  };
}
