import { WorkflowNotFoundError } from '@temporalio/client';
import type { ApprovalDecision, Decided } from '../schemas/dispatch.ts';
import { StewardError } from '../schemas/errors.ts';
import { signals } from '../schemas/protocol.ts';
import { type ApprovalRow, openApproval } from '../store/approvals/ask-approval.ts';
import { decideApproval } from '../store/approvals/decide-approval.ts';
import { findApproval, noteHeard, unheardApprovals } from '../store/approvals/read-approvals.ts';
import type { DispatchDeps } from './dispatch-deps.ts';
import { nameFailure } from './name-failure.ts';

const mostRows = 200;

/**
 * Writes a person's word on an approval, then tells the run that waits. The row is the truth: a run that cannot be told
 * now is told by the sweeper.
 *
 * @throws notFound, changedMeanwhile, badInput, storeBusy
 */
export async function decideAndTell(deps: DispatchDeps, decision: ApprovalDecision): Promise<Decided> {
  const { named, ...rest } = decision;
  const { store, personId } = deps;
  const { id } = await findApproval(store, personId, named);
  const { row, decided } = await decideApproval(store, { ...rest, personId, id });
  try {
    await tellRun(deps, row);
  } catch (error) {
    deps.log.warn({ approval: id, err: error }, 'the run of an approval could not be told now; the sweeper does it');
  }
  return { approvalId: id, state: row.state, decided, subject: openApproval(store, row).subject };
}

/** Tells runs of words that they have not heard. @returns how many were told */
export async function sweepApprovals(deps: DispatchDeps): Promise<number> {
  const unheard = await unheardApprovals(deps.store, mostRows);
  for (const row of unheard) {
    try {
      await tellRun(deps, row);
    } catch (error) {
      if (error instanceof StewardError) throw error;
      deps.log.warn({ approval: row.id, err: error }, 'the run of an approval could not be told');
    }
  }
  return unheard.length;
}

async function tellRun({ client, store }: DispatchDeps, { id, workflowId, heardAt }: ApprovalRow): Promise<void> {
  if (heardAt !== null) return;
  try {
    await client.workflow.getHandle(workflowId).signal(signals.approvalDecided);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw nameFailure(error);
    // Its run is over: nobody will ever hear it.
    await noteHeard(store, id);
  }
}
