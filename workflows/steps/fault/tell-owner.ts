import { CancellationScope, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import type { IncidentStanding, TimelineEntry } from '../../../schemas/fault-run.ts';
import { faults, outbox } from '../../proxies.ts';
import { settleOutbox } from '../settle-outbox.ts';
import { type FaultState, takeUp } from './fault-state.ts';

/** One fault being handled by one run. */
export interface FaultRun {
  readonly fireId: string;
  readonly personId: string;
  /** Places of `deliver:`. */
  readonly deliver: readonly string[];
  readonly state: FaultState;
  /** Messages on their way. A run hands over to the next only when there is none, so that none is lost or told twice. */
  sending: number;
}

interface Message {
  /** The same key is the same message, sent once. */
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  /** Places; those of the plan when left out. */
  readonly to?: readonly string[];
}

/** An entry of the timeline, at workflow time. */
export const entry = (what: string): TimelineEntry => ({ at: new Date().toISOString(), what });

/** Notes what happened, and takes up what others made of the incident meanwhile. */
export async function keep(
  { fireId, state }: FaultRun,
  entries: readonly TimelineEntry[],
  change: { now?: 'down' | 'recovered' | 'closed' | 'closedIfWell'; flaps?: number } = {},
): Promise<IncidentStanding> {
  const standing = await faults.keep({ fireId, entries, ...change });
  takeUp(state, standing);
  return standing;
}

/** Work between two states that the next run must not begin from. */
export async function whole(run: FaultRun, work: () => Promise<void>): Promise<void> {
  run.sending += 1;
  try {
    await work();
  } finally {
    run.sending -= 1;
  }
}

/** Whether it is time to hand over to the next run. */
export function isLong({ state, sending }: FaultRun): boolean {
  const { continueAsNewSuggested, historyLength } = workflowInfo();
  return (continueAsNewSuggested || historyLength > state.longHistory) && sending === 0;
}

/**
 * Sends the owner a message, to each place in the order of their priority. Nobody waits for it to arrive: a mail server
 * that is away must not hold up the rest. Places that lead nowhere are replaced by every channel: this is an alarm.
 */
export async function tellOwner(run: FaultRun, message: Message): Promise<void> {
  await whole(run, () => send(run, message));
}

async function send(run: FaultRun, { key, subject, text, to }: Message): Promise<void> {
  const { plan } = run.state;
  const places = to ?? (plan.notify.length > 0 ? plan.notify : run.deliver);
  const message = { personId: run.personId, key: `${run.fireId}:${key}`, subject, text };
  let { outboxIds } = await outbox.notice({ ...message, ...(places.length === 0 ? {} : { to: places }) });
  if (outboxIds.length === 0 && places.length > 0) ({ outboxIds } = await outbox.notice(message));
  run.state.messages += outboxIds.length;
  for (const outboxId of outboxIds) settle(run, outboxId);
  if (outboxIds.length === 0) await keep(run, [entry('nobody could be told: no channel can deliver')]);
}

/** In a scope of its own: what is on its way stays so whatever becomes of its fault. The sweeper finds what is left. */
function settle(run: FaultRun, outboxId: string): void {
  run.sending += 1;
  CancellationScope.nonCancellable(() => settleOutbox(outboxId)).then(
    () => {
      run.sending -= 1;
    },
    (error: unknown) => {
      run.sending -= 1;
      if (!(error instanceof TemporalFailure)) throw error;
    },
  );
}

/** How a message says that one may take the fault on. */
export const howToAcknowledge = ({ incidentId }: FaultState) => `Acknowledge: steward incidents ack ${incidentId}`;
