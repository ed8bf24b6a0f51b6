import type { FactChange, FactKind, FactOrigin } from './fact-kinds.ts';
import type { HabitsView } from './habits.ts';
import type { ExportedFact, ImportedFacts } from './memory-export.ts';
import type { ReviewFound } from './memory-review.ts';

/** What a fact says, and when it is thought of. All of it lies sealed. */
export interface FactWords {
  readonly text: string;
  readonly kind: FactKind;
  /** Of what it is about: a question that names one of them is told of it. */
  readonly names: readonly string[];
  /** Where it holds, such as `work`; everywhere when empty. */
  readonly scopes: readonly string[];
  /** Thought of at each question where it holds. */
  readonly pinned: boolean;
  /** Ids of facts that a relation joins. */
  readonly joins: readonly string[];
  /** From when on it holds, and until when, RFC 3339; for ever where left out. Not when it was said: that is `recordedAt`. */
  readonly validFrom?: string | undefined;
  readonly validTo?: string | undefined;
}
/** The words of a fact, without what else is known of it. Pure. */
export function wordsOf({ text, kind, names, scopes, pinned, joins, validFrom, validTo }: FactWords): FactWords {
  return {
    ...{ text, kind, names, scopes, pinned, joins },
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
  };
}

/** Whether a fact holds at an instant. Pure. */
export const holdsAt = ({ validFrom, validTo }: Pick<FactWords, 'validFrom' | 'validTo'>, at: Date): boolean =>
  (validFrom === undefined || at >= new Date(validFrom)) && (validTo === undefined || at < new Date(validTo));

/** What is said of a fact; the rest is as it was, or as it is mostly. */
export type FactSaid = Partial<FactWords>;

/** Where a version comes from. */
export interface FactSource {
  /** Name of the channel by which it was said; `api` and `cli` too. */
  readonly channel: string;
  /** The message of a conversation, where it was said in one. */
  readonly inboxId?: string;
}

/**
 * One version of a fact. Nothing is written over: what was believed when is read from these. Without words once it is
 * forgotten: its key is destroyed, that of earlier versions with it.
 */
export interface FactVersion extends FactSaid {
  readonly factId: string;
  /** From 1. */
  readonly version: number;
  readonly change: FactChange;
  readonly origin: FactOrigin;
  readonly source: FactSource;
  /** Of `merged`: the fact that says the same, and stays. */
  readonly into?: string;
  /** Said by a channel of `privacy: local-only`: no model on another machine is shown it. */
  readonly localOnly: boolean;
  readonly recordedAt: Date;
}

/** A fact as it is believed. */
export interface Fact extends Omit<FactVersion, keyof FactWords>, FactWords {
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
  /** Only what held then, whenever it was said. */
  readonly on?: Date | undefined;
  /** Whether a model on another machine is to be shown it: then nothing that must not leave is given. */
  readonly leaves?: boolean;
  /** Where it is asked: only what holds there, and everywhere; all of it when left out. */
  readonly scopes?: readonly string[] | undefined;
}

/** What is looked for in conversations. */
export interface TalkAsk {
  readonly personId: string;
  readonly question: string;
  readonly limit: number;
  /** Where it is asked: what was said on channels of other scopes only is left out; nothing is when undefined. */
  readonly scopes?: readonly string[] | undefined;
  /** Said from then on, and before then. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Whether a model on another machine is to be shown it. */
  readonly leaves?: boolean;
}

/** Something that was said before, and why it was found. */
export interface RecalledTalk {
  /** The turn: the evidence. */
  readonly inboxId: string;
  readonly conversationId: string;
  readonly turn: number;
  readonly by: 'person' | 'steward';
  /** What others wrote may stand in it. */
  readonly text: string;
  readonly channel: string;
  readonly at: Date;
  readonly why: readonly string[];
}

/** What is said now, for which the right facts are to be thought of, and no others. */
export interface ConsiderAsk extends Pick<RecallAsk, 'personId' | 'leaves' | 'scopes' | 'on'> {
  readonly said: string;
  /** Of pinned and named facts together. */
  readonly most: number;
}

/** What is to be thought of. No fact stands twice. */
export interface ConsideredFacts {
  /** Preferences that hold everywhere. */
  readonly always: readonly Fact[];
  readonly pinned: readonly Fact[];
  /** What was named, and what a named relation joins. */
  readonly named: readonly Fact[];
  /** Open questions: those that are pinned, and those that were named. */
  readonly questions: readonly Fact[];
}

/** What a person types to name a fact: the last letters of its id. Pure. */
export const factCode = (factId: string): string => factId.slice(-6).toLowerCase();

/** One nightly review. */
export interface MemoryReview {
  readonly id: string;
  readonly at: Date;
  readonly found: ReviewFound;
  readonly undoneAt?: Date;
}

/** What a person has told. Implemented in `activities/memory`. */
export interface Memory {
  /** @returns the fact, and others that say something else of the same thing */
  remember(
    act: FactAct,
    said: FactSaid & { readonly text: string },
  ): Promise<{ readonly fact: Fact; readonly against: readonly Fact[] }>;
  /** The version before stays, and is not believed any more. @param named - its id, or its last letters @throws notFound */
  correct(act: FactAct, named: string, said: FactSaid): Promise<Fact>;
  /** Destroys its key: no version can be read any more. @throws notFound */
  forget(act: FactAct, named: string): Promise<void>;
  /** Takes up again what a review put aside, or what a fact said in an earlier version. @throws notFound */
  restore(act: FactAct, named: string, version?: number): Promise<Fact>;
  recall(ask: RecallAsk): Promise<readonly RecalledFact[]>;
  /** Looks through what was said in conversations, commands left out. */
  recallTalk(ask: TalkAsk): Promise<readonly RecalledTalk[]>;
  /** Finds by names alone: what is shown unasked must be right. */
  consider(ask: ConsiderAsk): Promise<ConsideredFacts>;
  /** What a person does again and again, and what comes next. */
  habits(personId: string): Promise<HabitsView>;
  /** The same as a picture. @returns SVG */
  drawHabits(personId: string): Promise<string>;
  /** How many facts were believed day by day, as a picture. @returns SVG */
  drawGrowth(personId: string): Promise<string>;
  /** The nightly reviews, newest first, each with what it changed. */
  reviews(personId: string, most: number): Promise<readonly MemoryReview[]>;
  /**
   * Takes up again what a review put aside, where nobody changed it since. What it erased is gone. May be repeated.
   *
   * @returns ids of the facts
   * @throws notFound
   */
  undoReview(act: FactAct, reviewId: string): Promise<readonly string[]>;
  /** All facts that can be read, with all their versions; none of what is forgotten. */
  exportFacts(personId: string): Promise<readonly ExportedFact[]>;
  /** Takes in what was exported elsewhere. What is here stays, and what was forgotten here stays so. May be repeated. */
  importFacts(personId: string, facts: readonly ExportedFact[]): Promise<ImportedFacts>;
  /** All versions of a fact, oldest first. @throws notFound */
  history(personId: string, named: string): Promise<readonly FactVersion[]>;
}
