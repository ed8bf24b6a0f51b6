import type { Ending } from './endings.ts';
import type { RenderedMail } from './outgoing.ts';

/** What one trigger did since the last report. */
export interface TriggerTally {
  readonly trigger: string;
  readonly ran: number;
  /** Of those, how many began late. */
  readonly late: number;
}

/** A fire that did not do its work, with its reason. */
export interface Trouble {
  readonly fireId: string;
  readonly trigger: string;
  readonly ending: Exclude<Ending, 'ran' | 'ranLate'>;
  readonly dueAt: string;
  readonly reason: string;
}

/** One thing that stands still until the owner acts. */
export interface Waiting {
  readonly kind: 'approval' | 'unknown' | 'failed' | 'account' | 'file' | 'trigger' | 'incident' | 'fact';
  /** Names the thing: an outbox row, a channel, a file. */
  readonly what: string;
  readonly why: string;
  readonly since?: string;
  readonly remedy: string;
}

/** A time in which no Steward was at work, and what became of all that was due in it. */
export interface Absence {
  readonly from: string;
  readonly to: string;
  readonly became: Readonly<Partial<Record<Ending | 'open', number>>>;
  readonly triggers: readonly { readonly trigger: string; readonly became: Absence['became'] }[];
  /** Triggers beyond those listed. */
  readonly moreTriggers: number;
}

/** What nightly reviews of memory changed, counted. */
export interface ReviewedMemory {
  /** The newest of them. */
  readonly review: string;
  readonly facts: number;
  readonly merged: number;
  readonly archived: number;
  readonly erased: number;
}

/** A morning report, as it is stored sealed. */
export interface Report {
  readonly reportId: string;
  readonly madeAt: string;
  /** What happened after this instant is told; the report before ended here. */
  readonly since: string;
  readonly digestId?: string;
  readonly mails: number;
  readonly older: readonly { readonly account: string; readonly count: number }[];
  readonly ran: readonly TriggerTally[];
  readonly troubles: readonly Trouble[];
  /** Troubles beyond those listed. */
  readonly moreTroubles: number;
  readonly running: number;
  readonly health: readonly {
    readonly check: string;
    readonly healthy: boolean;
    readonly detail: string;
    readonly since: string;
  }[];
  readonly waiting: readonly Waiting[];
  /** What the nightly reviews changed since the report before; left out where there was none. */
  readonly memory?: ReviewedMemory;
  /** Since the report before, oldest first; left out of reports made before it was told. */
  readonly absences?: readonly Absence[];
  /** Earlier ones beyond those listed. */
  readonly moreAbsences?: number;
}

/** What `reports.content` holds: the report and its words, so that whoever reads it needs no renderer. */
export interface StoredReport {
  readonly report: Report;
  readonly rendered: RenderedMail;
}
