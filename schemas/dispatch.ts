import type { News } from './channel-hook.ts';
import type { ApprovalState, Ending } from './endings.ts';
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
  /** With `debounce`: this argument, a list, gathers what every event that joins brought. */
  readonly collect?: string;
  /** What came with it, byte for byte; kept sealed. */
  readonly payload?: { readonly body: Uint8Array; readonly mediaType: string };
  readonly causedBy?: { readonly fireId: string; readonly depth: number };
}

/** A message as a channel hands it over. Text and names come from outside and prove nothing. */
export interface ArrivedMessage {
  /** The sender's own id of it: the same id on the same channel is the same message. */
  readonly id: string;
  /** Name of the channel. */
  readonly channel: string;
  readonly room?: string;
  readonly from: string;
  readonly text: string;
  /** Whether Steward is addressed. */
  readonly mention: boolean;
}

/** A person's word on an approval. */
export interface ApprovalDecision {
  /** Its whole id, or the code at its end. */
  readonly named: string;
  readonly word: 'approved' | 'denied';
  /** Where it was said: `api`, or the name of a channel. */
  readonly by: string;
  /** Hash of the content that the person saw. */
  readonly contentHash?: string;
  /** The text as the person wants it, where it may be changed. */
  readonly text?: string;
}

export interface Decided {
  readonly approvalId: string;
  readonly state: ApprovalState;
  /** False where it was over before this word. */
  readonly decided: boolean;
  readonly subject: string;
}

/** A person's word on a trigger. */
export interface Steer {
  readonly trigger: string;
  /** Who says so, such as `owner`: kept, and named in the audit log. */
  readonly by: string;
}

/** How a trigger is steered now. */
export interface Steered {
  readonly trigger: string;
  readonly paused?: { readonly by: string; readonly since: Date };
  /** So many of the next fires are skipped. */
  readonly skipNext: number;
}

export interface BackfillRequest extends Steer {
  /** The same id is the same fires, however often it is sent. */
  readonly requestId: string;
  /** First and last instant of the range; slots at either belong to it. */
  readonly from: Date;
  readonly to: Date;
  /** At most so many, the oldest; 1 to 1,000. */
  readonly max: number;
  /** Only says what would be fired. */
  readonly dryRun?: boolean;
}

export interface Backfilled {
  readonly requestId: string;
  /** Oldest first; a dry run has no fires. */
  readonly slots: readonly { readonly dueAt: Date; readonly fireId?: string; readonly accepted?: boolean }[];
  /** Slots of the range beyond `max` that did not run either. */
  readonly left: number;
}

/** News of a channel, and where they go. */
export interface ToldNews {
  readonly personId: string;
  readonly accountId: string;
  /** Name of the channel they came by. */
  readonly channel: string;
  readonly news: News;
  /** Places as `deliver:` names them; every channel of the person but this one when left out. */
  readonly to?: readonly string[];
}

/** Turns what happened into fires: ledger row first, then the workflow. Implemented in `triggers/dispatch.ts`. */
export interface Dispatch {
  /** A person or the API asks for a run now. The same `requestId` is the same fire. @throws notFound, storeBusy, temporalBusy */
  fireNow(request: {
    trigger: string;
    requestId: string;
    args?: Record<string, unknown>;
    /** Who asks; named in the audit log. Left out where it is no act of a person. */
    by?: string;
  }): Promise<FireReceipt>;
  /** No event becomes a run until it is resumed; each is on record as skipped. May be repeated. @throws notFound, storeBusy */
  pause(request: Steer & { readonly reason?: string }): Promise<Steered>;
  /** Takes a pause back. May be repeated. @throws notFound, storeBusy */
  resume(request: Steer): Promise<Steered>;
  /** The next `count` fires are skipped; 0 takes it back. May be repeated: it sets, and does not add. @throws notFound, badInput, storeBusy */
  skip(request: Steer & { readonly count: number }): Promise<Steered>;
  /** Fires the slots of a range that did not run, one after another. May be repeated: the same request is the same fires. @throws notFound, badInput, storeBusy */
  backfill(request: BackfillRequest): Promise<Backfilled>;
  /**
   * An event of one trigger: a fire of its own, taken along by one that waits, or on record with the reason why not.
   * May be repeated: that is a delivery. A start that fails is left to the sweeper.
   *
   * @throws notFound where no such trigger is in force, storeBusy
   */
  fireEvent(event: TriggerEvent): Promise<FireReceipt>;
  /** Messages of conversations are in the inbox: triggers that they match fire, and their conversations go on. May be repeated. @throws storeBusy, temporalBusy */
  messagesAccepted(inboxIds: readonly string[]): Promise<readonly FireReceipt[]>;
  /** Sees to it that a turn has set off all triggers that it matches: whoever took it in may have died before. @returns how many it matches @throws storeBusy */
  fireForTurn(inboxId: string): Promise<number>;
  /** A person's word on an approval: the run that waits hears it. The first word stays. @throws notFound, changedMeanwhile, badInput, storeBusy */
  decide(decision: ApprovalDecision): Promise<Decided>;
  /** Something that happened in a project is told to its owner, once by its key; safe when it resolves. May be repeated. @throws temporalBusy */
  tellNews(news: ToldNews): Promise<void>;
  /** Sees to it that a conversation has its run, and that the run looks at the ledger. May be repeated. @throws temporalBusy */
  wakeConversation(conversationId: string): Promise<void>;
  /** An effect is in the outbox that no flow looks after: it is sent. May be repeated. @throws temporalBusy */
  sendEffect(outboxId: string): Promise<void>;
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
  /** Conversations with a turn that nobody has answered. */
  readonly woken: number;
  /** Runs that were told of a word which they had not heard. */
  readonly told: number;
  /** Outbox rows that no workflow was looking after. */
  readonly resumed: number;
  readonly byEnding: Readonly<Partial<Record<Ending, number>>>;
}
