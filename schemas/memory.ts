/** Whose word a fact is. What came from outside becomes none without the owner. */
export const factOrigins = ['owner', 'agent'] as const;
export type FactOrigin = (typeof factOrigins)[number];

/** What became of a fact with one version: it was said, said otherwise, or taken back. */
export const factChanges = ['stated', 'corrected', 'forgotten'] as const;
export type FactChange = (typeof factChanges)[number];

/** Where a version comes from. */
export interface FactSource {
  /** Name of the channel by which it was said; `api` and `cli` too. */
  readonly channel: string;
  /** The message of a conversation, where it was said in one. */
  readonly inboxId?: string;
}

/** One version of a fact. Nothing is written over: what was believed when is read from these. */
export interface FactVersion {
  readonly factId: string;
  /** From 1. */
  readonly version: number;
  readonly change: FactChange;
  /** Undefined once it is forgotten: its key is destroyed, that of earlier versions with it. */
  readonly text?: string;
  readonly origin: FactOrigin;
  readonly source: FactSource;
  /** Said by a channel of `privacy: local-only`: no model on another machine is shown it. */
  readonly localOnly: boolean;
  readonly recordedAt: Date;
}

/** A fact as it is believed. */
export interface Fact extends FactVersion {
  readonly text: string;
  /** When it was said first. */
  readonly since: Date;
}

/** A fact that was found, and why. */
export interface RecalledFact extends Fact {
  readonly why: readonly string[];
}

/** What is written, and under which name: the same name is the same act, however often it is tried. */
export interface FactAct {
  readonly personId: string;
  readonly actId: string;
  readonly origin: FactOrigin;
  readonly source: FactSource;
  readonly localOnly: boolean;
}

export interface RecallAsk {
  readonly personId: string;
  /** What is asked for; all facts, newest first, when left out. */
  readonly question?: string;
  readonly limit: number;
  /** As it was believed then. Of what was forgotten since nothing is left. */
  readonly asOf?: Date;
  /** Whether a model on another machine is to be shown it: then nothing that must not leave is given. */
  readonly leaves?: boolean;
}

/** What a person types to name a fact: the last letters of its id. Pure. */
export const factCode = (factId: string): string => factId.slice(-6).toLowerCase();

/** What a person has told. Implemented in `activities/memory`. */
export interface Memory {
  /** @returns the fact, and others that say something else of the same thing */
  remember(act: FactAct, text: string): Promise<{ readonly fact: Fact; readonly against: readonly Fact[] }>;
  /** The version before stays, and is not believed any more. @param named - its id, or its last letters @throws notFound */
  correct(act: FactAct, named: string, text: string): Promise<Fact>;
  /** Destroys its key: no version can be read any more. @throws notFound */
  forget(act: FactAct, named: string): Promise<void>;
  recall(ask: RecallAsk): Promise<readonly RecalledFact[]>;
  /** All versions of a fact, oldest first. @throws notFound */
  history(personId: string, named: string): Promise<readonly FactVersion[]>;
}
