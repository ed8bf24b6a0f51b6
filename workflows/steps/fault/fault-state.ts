import type { FaultRunPlan, IncidentStanding } from '../../../schemas/fault-run.ts';

/** Where the handling of a fault stands: all that a run hands to the next when its history has grown long. Times in ms. */
export interface FaultState {
  readonly incidentId: string;
  readonly plan: FaultRunPlan;
  /** What was found at first, cleaned and short. */
  readonly found?: string;
  readonly beganAt: number;
  /** `begin` until the action is done. */
  stage: 'begin' | 'watch';
  down: boolean;
  /** Down: until when it is expected to recover. Well: until when another fault is the same one. */
  until: number;
  flaps: number;
  /** Rungs of the ladder that have been told. */
  rungs: number;
  messages: number;
  /** What became of the action. */
  action: string;
  /** As the owner was last told, and when; `toldAt` is 0 before the first news. */
  toldDown: boolean;
  toldAt: number;
  /** The owner knows that it did not recover in time. */
  late: boolean;
  /** Between looks at a service that stays down. */
  pauseMs: number;
  /** What the last looks found, newest last. */
  recent: readonly ('well' | 'fault' | 'unknown')[];
  acknowledged: boolean;
  closedByOwner: boolean;
  /** A run hands over to the next when its history is this long: weeks of looks, or hundreds of flaps. */
  readonly longHistory: number;
  /** What an event last said; counts where the run cannot look for itself. */
  saidWell: boolean;
}

/** The beginning of a fault. Pure. */
export function newFaultState(
  opened: { readonly incidentId: string; readonly plan: FaultRunPlan; readonly found?: string },
  now: number,
): FaultState {
  const { incidentId, plan, found } = opened;
  return {
    ...{ incidentId, plan, beganAt: now, stage: 'begin', down: true, until: now + plan.verify.within },
    ...(found === undefined ? {} : { found }),
    ...{ flaps: 0, rungs: 0, messages: 0, action: 'none', toldDown: true, toldAt: 0, late: false },
    ...{ pauseMs: plan.verify.every, recent: [], acknowledged: false, closedByOwner: false, saidWell: false },
    longHistory: 4_000,
  };
}

/** Takes up what the record says that others made of it. */
export function takeUp(state: FaultState, { acknowledged, recovered, closed }: IncidentStanding): void {
  state.acknowledged ||= acknowledged;
  state.closedByOwner ||= closed;
  state.saidWell = recovered;
}
