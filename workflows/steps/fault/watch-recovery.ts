import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { facing } from '../../proxies.ts';
import type { FaultState } from './fault-state.ts';
import { entry, type FaultRun, howToAcknowledge, isLong, keep, tellOwner } from './tell-owner.ts';

/** One activity looks for so long at most; then the history has one more of it. */
const stretchMs = 300_000;
/** The longest pause between looks at a service that stays down. */
const longestPauseMs = 3_600_000;

/** One stretch of waiting for the service to recover. */
export async function watchDown(run: FaultRun): Promise<void> {
  const { state } = run;
  const { every } = state.plan.verify;
  const late = Date.now() >= state.until;
  if (late && !state.late) await tellLate(run);
  if (!state.plan.looks) {
    await hear(run, () => state.saidWell, late ? longestPauseMs : state.until - Date.now());
    if (state.saidWell && !state.closedByOwner) await recovered(run, 'an event said so');
    return;
  }
  const seen = await look(run, 'well');
  if (seen === undefined) return;
  if (seen.reached) return await recovered(run, seen.detail);
  // A good answer is followed up at once; a service that stays down is asked less and less often.
  const pauseMs = late && seen.recent.at(-1) !== 'well' ? state.pauseMs : every;
  if (late) state.pauseMs = Math.min(state.pauseMs * 2, Math.max(longestPauseMs, every));
  await condition(() => state.closedByOwner, Math.max(pauseMs, 1));
}

/**
 * One stretch of seeing whether the service stays well.
 *
 * @returns true once it has for as long as the plan wants
 */
export async function watchWell(run: FaultRun): Promise<boolean> {
  const { state } = run;
  const leftMs = state.until - Date.now();
  if (!state.plan.looks) {
    if (leftMs > 0) await hear(run, () => !state.saidWell, leftMs);
    if (state.saidWell || state.closedByOwner) return leftMs <= 0;
    await downAgain(run, 'an event said so');
    return false;
  }
  if (leftMs <= 0) return true;
  const seen = await look(run, 'ill');
  if (seen?.reached === true) await downAgain(run, seen.detail);
  else if (seen !== undefined) {
    await condition(
      () => state.closedByOwner,
      Math.max(1, Math.min(state.plan.verify.every, state.until - Date.now())),
    );
  }
  return false;
}

/** Waits for what an event says; the record is read again each hour, since a hint may be lost. */
async function hear(run: FaultRun, said: () => boolean, ms: number): Promise<void> {
  const wanted = () => said() || run.state.closedByOwner || isLong(run);
  await condition(wanted, Math.max(1, Math.min(ms, longestPauseMs)));
}

/** Where the run cannot look, the record stands as the newest event said, which may have come just now. */
const standsAs = ({ plan }: FaultState, now: 'recovered' | 'down') => (plan.looks ? { now } : {});

async function recovered(run: FaultRun, detail: string): Promise<void> {
  const { state } = run;
  state.down = false;
  state.saidWell = true;
  state.recent = [];
  state.until = Date.now() + state.plan.flapping;
  await keep(run, [entry(`well again: ${detail}`)], standsAs(state, 'recovered'));
}

async function downAgain(run: FaultRun, detail: string): Promise<void> {
  const { state } = run;
  const { within, every } = state.plan.verify;
  state.flaps += 1;
  state.down = true;
  state.recent = [];
  state.until = Date.now() + within;
  state.pauseMs = every;
  await keep(run, [entry(`down again: ${detail}`)], {
    ...standsAs(state, 'down'),
    flaps: state.flaps,
  });
}

async function tellLate(run: FaultRun): Promise<void> {
  const { state } = run;
  const { service, looks, verify } = state.plan;
  state.late = true;
  const next = looks ? 'it stays open, and is asked less often' : 'it stays open until an event or a person says so';
  await keep(run, [entry(`not well within ${verify.within} ms; ${next}`)]);
  await tellOwner(run, {
    key: 'late',
    subject: `${service} has not recovered`,
    text: `${looks ? 'It is looked at further, and less often with time.' : 'It stays open until an event or you say that it is well.'}\n${howToAcknowledge(state)}`,
  });
}

/** Looks until it is as wanted, for one stretch. @returns undefined where the owner closed the fault meanwhile */
async function look({ fireId, state }: FaultRun, wanted: 'well' | 'ill') {
  const { every, healthy } = state.plan.verify;
  const untilAt = new Date(Math.min(Math.max(state.until, Date.now()), Date.now() + stretchMs)).toISOString();
  const { recent } = state;
  const seen = await unlessClosed(state, () =>
    facing.watch({ fireId, wanted, untilAt, everyMs: Math.max(every, 1), healthy, recent }),
  );
  if (seen !== undefined) state.recent = seen.recent;
  return seen;
}

/** Lets go of the work when the owner closes the fault. */
async function unlessClosed<T>(state: FaultState, work: () => Promise<T>): Promise<T | undefined> {
  const scope = new CancellationScope();
  const working = scope.run(work);
  const watch = new CancellationScope();
  const closed = watch
    .run(() => condition(() => state.closedByOwner))
    .then(
      () => scope.cancel(),
      () => undefined,
    );
  try {
    return await working;
  } catch (error) {
    // Our own cancel; a cancel of the whole run goes on up.
    if (isCancellation(error) && state.closedByOwner) return undefined;
    throw error;
  } finally {
    watch.cancel();
    await closed;
  }
}
