import { CancellationScope, condition, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { Why } from '../../activities/conversations/agent/thought.ts';
import type { Thinking } from '../../activities/conversations/conversation-activities.ts';
import { agent, conversations, models } from '../proxies.ts';
import { askBeside } from './ask-beside.ts';
import { beside, locally } from './one-order.ts';

/** After so long a person wants to know that it is not forgotten. */
const workingAfterMs = 20_000;

interface Busy {
  readonly inboxId: string;
  /** Grows with each message that is said meanwhile. */
  readonly spoken: () => number;
  /** What `spoken` was when the turn was looked at. */
  readonly seen: number;
  /** Says what is to be sent meanwhile. */
  readonly sendMeanwhile: () => Promise<void>;
}

/**
 * Has a model answer one turn. What is said meanwhile may stop it; it stops by itself after `withinMs`. A turn ends
 * once, whatever happens.
 */
export async function thinkTurn({ inboxId, spoken, seen, sendMeanwhile }: Busy, plan: Thinking): Promise<void> {
  const scope = new CancellationScope();
  const state = { done: false };
  const work = scope
    .run(() => takeSteps(inboxId, plan.steps))
    .finally(() => {
      state.done = true;
    });
  // Its failure is looked at below; until then it must not count as nobody's.
  work.catch(() => undefined);
  const stopped = await watch(state, { inboxId, spoken, seen, sendMeanwhile }, Date.now() + plan.withinMs);
  if (stopped !== undefined) scope.cancel();
  let why: Why | undefined = stopped;
  try {
    why = stopped ?? (await work);
  } catch (error) {
    if (!isCancellation(error)) {
      if (!(error instanceof TemporalFailure)) throw error;
      why = 'broken';
    }
  }
  if (why !== undefined) await locally(() => conversations.conclude({ inboxId, why }));
}

async function takeSteps(inboxId: string, steps: number): Promise<Why | undefined> {
  for (let step = 1; step <= steps; step += 1) {
    const { calls, stop } = await beside(models.think({ inboxId, step, last: step === steps }));
    if (stop !== undefined) return stop;
    if (calls === 0) return undefined;
    for (let call = 1; call <= calls; call += 1) {
      const { asks } = await beside(agent.act({ inboxId, step, call }));
      if (asks) await beside(askBeside({ inboxId, step, call }));
    }
  }
  return undefined;
}

async function watch(state: { done: boolean }, busy: Busy, deadline: number): Promise<Why | undefined> {
  let { seen } = busy;
  let told = false;
  while (!state.done) {
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) return 'late';
    const tells = !told && leftMs > workingAfterMs;
    const woken = await condition(() => state.done || busy.spoken() !== seen, tells ? workingAfterMs : leftMs);
    if (state.done) return undefined;
    if (woken) {
      seen = busy.spoken();
      const { stop } = await locally(() => conversations.heed({ inboxId: busy.inboxId }));
      if (stop !== undefined) return stop;
    } else if (tells) {
      told = true;
      await locally(() => conversations.sayWorking({ inboxId: busy.inboxId }));
      await busy.sendMeanwhile();
    }
  }
  return undefined;
}
