import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setHandler,
  TemporalFailure,
} from '@temporalio/workflow';
import type { FireInput, FlowOutcome } from '../schemas/flow-io.ts';
import { signals } from '../schemas/protocol.ts';
import { faults } from './proxies.ts';
import { beginHandling } from './steps/fault/begin-handling.ts';
import { climbLadder } from './steps/fault/climb-ladder.ts';
import { type FaultState, newFaultState } from './steps/fault/fault-state.ts';
import { tellNews } from './steps/fault/tell-news.ts';
import { entry, type FaultRun, isLong, keep, tellOwner } from './steps/fault/tell-owner.ts';
import { watchDown, watchWell } from './steps/fault/watch-recovery.ts';
import { keepOneOrder } from './steps/one-order.ts';
import { note, runFire } from './steps/run-fire.ts';

/** A hint that the record of an incident has changed; the record is the truth. */
export const incidentChanged = defineSignal(signals.incidentChanged);

/** Messages get this long to leave before the fire ends; after that the sweeper sees to them. */
const sendingMs = 60_000;

/**
 * Handles the fault of a service as its trigger's file said when it began, until it is well again and stays so.
 *
 *   fault -> serviceFault -> outbox.notice -> faults.diagnose -> faults.act -> faults.watch -> faults.story
 *
 * Repeat: one open incident a trigger; a further event joins it. Failure: the action is called at most once where its
 * answer is not known; a service that stays down is looked at for as long as it takes.
 */
export function serviceFault(fire: FireInput, before?: FaultState): Promise<FlowOutcome> {
  // What it still sends may end while its own ending is written.
  if (patched('oneOrder')) keepOneOrder();
  // The record may have changed while the run before handed over.
  let hints = before === undefined ? 0 : 1;
  setHandler(incidentChanged, () => {
    hints += 1;
  });
  return runFire(fire, async (begun) => {
    const state = before ?? (await begin(begun));
    if ('outcome' in state) return state;
    const { fireId, personId, deliver } = begun;
    const run: FaultRun = { fireId, personId, deliver, state, sending: 0 };
    try {
      for (;;) {
        await handle(begun, run, () => hints);
        const outcome = await close(begun, run);
        if (outcome !== undefined) return outcome;
      }
    } catch (error) {
      if (error instanceof TemporalFailure && isCancellation(error)) await cancelled(run);
      throw error;
    }
  });
}

async function begin({ fireId }: FireInput): Promise<FaultState | FlowOutcome> {
  const opened = await faults.open({ fireId, at: new Date().toISOString() });
  if (opened.kind === 'own') return newFaultState(opened, Date.now());
  if (opened.kind === 'well') {
    return { outcome: 'well', skipped: 'the event says that the service is well, and no fault of it is open' };
  }
  const { incidentId, workflowId } = opened;
  // Its run reads the record by itself within about an hour; a run that is gone is the sweeper's to see to.
  await getExternalWorkflowHandle(workflowId)
    .signal(incidentChanged)
    .catch(() => undefined);
  return { outcome: 'joined', facts: { incident: incidentId }, skipped: `${opened.fireId} was still open` };
}

/** Everything until the service stays well or the owner closes the fault. */
async function handle(fire: FireInput, run: FaultRun, hints: () => number): Promise<void> {
  const beside = new CancellationScope();
  const others = beside.run(() => Promise.all([follow(run, hints), climbLadder(run), tellNews(run)]));
  try {
    await Promise.race([recover(fire, run), others]);
  } finally {
    beside.cancel();
    await others.catch(() => undefined);
  }
}

async function recover(fire: FireInput, run: FaultRun): Promise<void> {
  const { state } = run;
  if (state.stage === 'begin') {
    note(fire, 'telling, looking, acting', { incident: state.incidentId });
    await beginHandling(run);
    state.stage = 'watch';
    state.until = Date.now() + state.plan.verify.within;
  }
  while (!state.closedByOwner) {
    note(fire, state.down ? 'waiting until it is well' : 'seeing whether it stays well', factsOf(state));
    if (state.down) await watchDown(run);
    else if (await watchWell(run)) return;
    // What others made of it, where their hint was lost.
    await keep(run, []);
    if (isLong(run)) await continueAsNew<typeof serviceFault>(fire, state);
  }
}

/** Takes up what others made of the incident, whenever they say that they did. */
async function follow(run: FaultRun, hints: () => number): Promise<never> {
  for (let seen = 0; ; ) {
    await condition(() => hints() > seen);
    seen = hints();
    await keep(run, []);
  }
}

/** @returns undefined where an event said meanwhile that the service is down again */
async function close(fire: FireInput, run: FaultRun): Promise<FlowOutcome | undefined> {
  const { state } = run;
  const outcome = state.closedByOwner ? 'closedByOwner' : 'recovered';
  const now = state.plan.looks ? 'closed' : 'closedIfWell';
  if (!(await keep(run, [entry('closed')], { now })).closed) return undefined;
  await tellOwner(run, {
    key: 'closed',
    ...(await faults.story({ fireId: fire.fireId, endedAt: new Date().toISOString() })),
  });
  await condition(() => run.sending === 0, sendingMs);
  return { outcome, facts: factsOf(state) };
}

async function cancelled({ fireId }: FaultRun): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    faults.keep({ fireId, entries: [entry('cancelled by a person')], now: 'cancelled' }),
  );
}

function factsOf({ incidentId, flaps, messages, action, acknowledged }: FaultState) {
  return { incident: incidentId, flaps, messages, action, acknowledged };
}
