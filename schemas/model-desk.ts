import type { Intent } from './model-intents.ts';
import type { ModelLanguage } from './model-languages.ts';
import type { CallOutcome } from './model-outcomes.ts';
import type { ModelEntry } from './models-file.ts';

/** What a model was found to do. */
export interface FoundCan {
  readonly tools?: boolean | 'envelope';
  readonly schema?: boolean;
  /** Whether it takes pictures, and sounds. */
  readonly vision?: boolean;
  readonly audio?: boolean;
  /** Of those that are asked for: it answered in them. */
  readonly languages?: readonly ModelLanguage[];
  /** Tokens, in and out. */
  readonly context?: number;
  /** Bytes of its weights. */
  readonly size?: number;
  /** Numbers in a vector: it gives those, and no words. */
  readonly dimensions?: number;
}

/** A model as it stands. */
export interface ModelView {
  readonly name: string;
  readonly type: ModelEntry['type'];
  /** Of its endpoint; the rest of an address may hold a secret. The file's name, where it runs in the worker itself. */
  readonly host: string;
  readonly local: boolean;
  /** Left alone until then, and why. */
  readonly rests?: { readonly until: Date; readonly why: string };
  /** As the file says; else as `steward models test` found. */
  readonly can: FoundCan;
  /** In the last 24 hours; half of its answers took at most `latencyMs`. */
  readonly seen: {
    readonly calls: number;
    readonly answered: number;
    /** Questions that it had answered before, so that it was not asked. */
    readonly reused: number;
    readonly tokens: number;
    readonly cost: number;
    readonly latencyMs?: number;
  };
}

/** Who would be asked something, and why. */
export interface ModelRoute {
  readonly intent: Intent;
  /** What that was recognised by. */
  readonly why: string;
  readonly models: readonly {
    readonly name: string;
    /** From 1; not asked when left out. */
    readonly place?: number;
    readonly reasons: readonly string[];
  }[];
}

/** What came of trying a model. */
export interface ModelTrial {
  readonly name: string;
  readonly outcome: CallOutcome;
  /** In words, where it gave no answer. */
  readonly why?: string;
  readonly tookMs: number;
  readonly tokens: number;
  readonly cost: number;
  readonly can: FoundCan;
}

/** What a person asks about models. Implemented in `activities/models`. */
export interface ModelDesk {
  list(): Promise<ModelView[]>;
  /** Asks no model; where none would be asked, the reasons say why. */
  explain(asked: { readonly text: string; readonly tools: boolean; readonly localOnly: boolean }): Promise<ModelRoute>;
  /** Keeps what was meant by something: it and what is like it are taken so from then on. @returns how many there are */
  teach(lesson: { readonly text: string; readonly intent: Intent }): Promise<{ id: string; lessons: number }>;
  /** Newest first. */
  lessons(): Promise<readonly { readonly id: string; readonly text: string; readonly intent: Intent }[]>;
  /** @throws notFound */
  unteach(id: string): Promise<void>;
  /**
   * Really asks it: for a word, an object, a tool, a look at a picture, an ear for a sound, and words in other languages; of
   * what gives vectors, for one. What it can do is kept. @throws notFound
   */
  test(name: string): Promise<ModelTrial>;
}
