import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  sleep,
  TemporalFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { FireInput, FlowOutcome } from '../../schemas/flow-io.ts';
import { ledger } from '../proxies.ts';
import { locally } from './one-order.ts';

/**
 * Runs the body of a flow and writes the one ending of its fire, whatever happens.
 *
 * A TypeError is not an ending: the task is retried until the code is mended, and the fire goes on where it was.
 */
export async function runFire(fire: FireInput, body: (fire: FireInput) => Promise<FlowOutcome>): Promise<FlowOutcome> {
  try {
    const outcome = await body(fire.holds === true ? await collected(fire) : fire);
    await endFire({
      fireId: fire.fireId,
      ending: outcome.skipped === undefined ? 'ran' : 'skipped',
      ...(outcome.skipped === undefined ? {} : { reason: outcome.skipped }),
      outcome,
    });
    note(fire, outcome.outcome, outcome.facts);
    return outcome;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const cancelled = isCancellation(error);
    // Temporal begins it anew: this failure is no ending.
    if (!cancelled && fire.attempts !== undefined && workflowInfo().attempt < fire.attempts && !isFinal(error))
      throw error;
    await endFire({
      fireId: fire.fireId,
      ending: cancelled ? 'cancelled' : 'failed',
      reason: cancelled ? 'cancelled by a person' : reasonOf(error),
    });
    throw error;
  }
}

const endFire = (ending: Parameters<typeof ledger.endFire>[0]) =>
  CancellationScope.nonCancellable(() => locally(() => ledger.endFire(ending)));

/** Waits until no further event joins, and takes up the arguments of the last. */
async function collected(fire: FireInput): Promise<FireInput> {
  for (;;) {
    const beginning = await ledger.begin({ fireId: fire.fireId });
    if ('args' in beginning) return { ...fire, args: beginning.args };
    note(fire, 'collecting events');
    await sleep(beginning.waitMs, { summary: 'until its events have come to rest' });
  }
}

/** Temporal does not begin a run anew after a failure that says so of itself. */
function isFinal(error: TemporalFailure): boolean {
  return error instanceof ApplicationFailure && error.nonRetryable === true;
}

/** Writes where the run stands; shown on top of the run's page in the Temporal UI, and costs no history. */
export function note(fire: FireInput, stage: string, facts: FlowOutcome['facts'] = {}): void {
  const lines = Object.entries(facts).map(([name, value]) => `- ${name}: ${String(value)}`);
  setCurrentDetails([`**${stage}**`, '', `trigger \`${fire.trigger}\`, due ${fire.dueAt}`, '', ...lines].join('\n'));
}

function reasonOf(error: TemporalFailure): string {
  let at: Error | undefined = error;
  while (at !== undefined) {
    if (at instanceof ApplicationFailure && at.type != null) return at.type;
    at = at instanceof TemporalFailure ? at.cause : undefined;
  }
  return error.name;
}
