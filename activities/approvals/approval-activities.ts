import { approvalCode } from '../../schemas/approval.ts';
import type { ApprovalState } from '../../schemas/endings.ts';
import { askApproval } from '../../store/approvals/ask-approval.ts';
import { expireApproval } from '../../store/approvals/decide-approval.ts';
import { approvedText, noteHeard } from '../../store/approvals/read-approvals.ts';
import type { Store } from '../../store/store.ts';

interface ApprovalDeps {
  readonly store: Store;
}

export interface AskedApproval {
  readonly approvalId: string;
  /** What a person types to name it. */
  readonly code: string;
  /** RFC 3339; after it the answer is no. */
  readonly expiresAt: string;
}

export interface ApprovalWord {
  readonly state: ApprovalState;
  /** Where it was decided. */
  readonly by?: string;
  /** What may go out, once it is approved. */
  readonly text?: string;
}

/** A person's word on what a flow would do. @source docs/design/approvals.md */
export function makeApprovalActivities({ store }: ApprovalDeps) {
  return {
    /** Asks for the owner's word. May be repeated: the same content under the same key is the same approval. @throws storeBusy */
    ask: async (asked: {
      personId: string;
      key: string;
      workflowId: string;
      subject: string;
      text: string;
      editable: boolean;
      expiresAt: string;
    }): Promise<AskedApproval> => {
      const { personId, key, workflowId, subject, text, editable } = asked;
      const content = { subject, text, editable };
      const expiresAt = new Date(asked.expiresAt);
      const row = await askApproval(store, { personId, effectKey: key, content, expiresAt, workflowId });
      return { approvalId: row.id, code: approvalCode(row.id), expiresAt: row.expiresAt.toISOString() };
    },

    /** What was said to it, or that nobody said anything in time. May be repeated. @throws notFound, storeBusy */
    read: async ({ personId, approvalId }: { personId: string; approvalId: string }): Promise<ApprovalWord> => {
      const row = await expireApproval(store, personId, approvalId);
      if (row.state === 'waiting') return { state: 'waiting' };
      await noteHeard(store, row.id);
      return {
        state: row.state,
        ...(row.decidedBy === null ? {} : { by: row.decidedBy }),
        ...(row.state === 'approved' ? { text: approvedText(store, row) } : {}),
      };
    },
  };
}
