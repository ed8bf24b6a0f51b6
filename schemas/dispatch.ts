import type { Ending } from './endings.ts';
import type { FireKind } from './fire-kinds.ts';
import type { Beginning, FireEnding } from './flow-io.ts';

export interface FireReceipt {
  readonly fireId: string;
  readonly workflowId: string;
  /** False when this event had already become that fire; the delivery is on record. */
  readonly accepted: boolean;
  /** The row is safe and its run could not be started yet; the sweeper does, and a second delivery tries as well. */
  readonly unstarted?: true;
}

/** Something happened that a trigger may fire for. */
export interface TriggerEvent {
  /** Name of the trigger. */
  readonly trigger: string;
  readonly kind: FireKind;
  /** The same event has the same key for ever; see `slotKeys`. */
  readonly slotKey: string;
  /** Who brought it, such as `webhook`: kept with a second delivery. */
  readonly source: string;
  /** When it happened; now when left out. */
  readonly dueAt?: Date;
  /** What `condition` and `map` see as `event`: JSON, from outside, never instruction. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Arguments beside those of the file. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** What came with it, byte for byte; kept sealed. */
  readonly payload?: { readonly body: Uint8Array; readonly mediaType: string };
  readonly causedBy?: { readonly fireId: string; readonly depth: number };
}

/** Turns what happened into fires: ledger row first, then the workflow. Implemented in `triggers/dispatch.ts`. */
export interface Dispatch {
  /** A person or the API asks for a run now. The same `requestId` is the same fire. @throws notFound, storeBusy, temporalBusy */
  fireNow(request: { trigger: string; requestId: string; args?: Record<string, unknown> }): Promise<FireReceipt>;
  /**
   * An event of one trigger: a fire of its own, taken along by one that waits, or on record with the reason why not.
   * May be repeated: that is a delivery. A start that fails is left to the sweeper.
   *
   * @throws notFound where no such trigger is in force, storeBusy
   */
  fireEvent(event: TriggerEvent): Promise<FireReceipt>;
  /** New mail is in the inbox: mail triggers fire, or an open fire that has not begun takes it along. */
  mailArrived(account: { accountId: string; name: string }, inboxIds: readonly string[]): Promise<void>;
  /** Accounts for every slot of one schedule since the last accounted one. May be repeated at any time. */
  accountSlots(trigger: string): Promise<{ readonly fired: number; readonly missed: number; readonly skipped: number }>;
  /** Whether a fire that waits may begin, and with what. May be repeated: the first beginning stays. @throws notFound, storeBusy */
  begin(fireId: string): Promise<Beginning>;
  /** Writes the one ending of a fire, and sets off what waits for it. May be repeated. @throws notFound, storeBusy */
  endFire(ending: FireEnding): Promise<void>;
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
