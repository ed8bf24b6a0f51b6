import type { Pace } from './pace.ts';

/** What came of asking for a part of a rate. */
export interface Reserved {
  /** How long to wait, or how long it would have been, milliseconds. */
  readonly waitMs: number;
  readonly refused?: true;
}

/**
 * Fast, forgetful state: it can be lost at any moment without losing anything that matters. Two implementations
 * (in process, Redis/Valkey) pass one contract suite, `test/contracts/hot-tier.ts`.
 */
export interface HotTier {
  /** Whether it is one for all workers, and not of this process alone. */
  readonly shared: boolean;
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs - the entry is gone after this; at most 30 days. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Sets only where nothing is; says whether it did. */
  claim(key: string, value: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Adds and returns the sum; the first call starts the time to live. */
  increment(key: string, by: number, ttlMs: number): Promise<number>;
  /** Appends, keeping the newest `keep` entries. */
  push(key: string, value: string, keep: number, ttlMs: number): Promise<void>;
  /** Newest last. */
  list(key: string): Promise<string[]>;
  /**
   * Takes so many units of a rate, as `waitFor` counts them, in one step: in the order of asking, so that whoever waits is
   * not overtaken. Where what was reserved is lost the rate begins anew.
   *
   * @param nowMs - by the clock of whoever asks, so that the tier and the ledger count by the same one
   * @param mostWaitMs - nothing is taken where it would take longer
   * @returns undefined where the tier is away
   */
  reserve(key: string, pace: Pace, units: number, nowMs: number, mostWaitMs: number): Promise<Reserved | undefined>;
  /** Gives so much of what was reserved back. @param ms - time of the pace */
  giveBack(key: string, ms: number): Promise<void>;
  close(): Promise<void>;
}
