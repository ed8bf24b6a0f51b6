import type { Ending } from './endings.ts';

export interface FireReceipt {
  readonly fireId: string;
  readonly workflowId: string;
  /** False when this event had already become that fire; the delivery is on record. */
  readonly accepted: boolean;
}

/** Turns what happened into fires: ledger row first, then the workflow. Implemented in `triggers/dispatch.ts`. */
export interface Dispatch {
  /** A person or the API asks for a run now. The same `requestId` is the same fire. @throws notFound, storeBusy, temporalBusy */
  fireNow(request: { trigger: string; requestId: string; args?: Record<string, unknown> }): Promise<FireReceipt>;
  /** New mail is in the inbox: mail triggers fire, or an open fire that has not begun takes it along. */
  mailArrived(account: { accountId: string; name: string }, inboxIds: readonly string[]): Promise<void>;
  /** Accounts for every slot of one schedule since the last accounted one. May be repeated at any time. */
  accountSlots(trigger: string): Promise<{ readonly fired: number; readonly missed: number; readonly skipped: number }>;
  /** Finds every row without its run, and every run without its ending. May be repeated at any time. */
  sweep(): Promise<SweepResult>;
}

export interface SweepResult {
  /** Fires whose workflow had not been started. */
  readonly restarted: number;
  /** Fires whose workflow had closed without writing an ending. */
  readonly ended: number;
  /** Inbox rows that no mail trigger had been told of. */
  readonly announced: number;
  /** Outbox rows that no workflow was looking after. */
  readonly resumed: number;
  readonly byEnding: Readonly<Partial<Record<Ending, number>>>;
}
