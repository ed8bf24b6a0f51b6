import type { CallOfTurn } from '../activities/conversations/agent/act.ts';
import { agent } from './proxies.ts';
import { askApproval } from './steps/ask-approval.ts';

/**
 * Asks for a person's word on one thing that a model wants done, and does exactly that.
 *
 *   conversation -> askedAction -> approvals.ask -> agent.carryOut
 *
 * Repeat: `action:<turn>:<call>`, once. Failure: no word in time is a no; what was allowed is tried until it is done.
 */
export async function askedAction(call: CallOfTurn): Promise<{ outcome: string }> {
  const { personId, subject, text } = await agent.describe(call);
  const about = { personId, fireId: call.inboxId };
  const { state } = await askApproval(about, `action:${call.step}-${call.call}`, { subject, text });
  if (state === 'approved') await agent.carryOut(call);
  return { outcome: state };
}
