/**
 * Fast, forgetful state: it can be lost at any moment without losing anything that matters. Two implementations
 * (in process, Redis/Valkey) pass one contract suite, `test/contracts/hot-tier.ts`.
 */
export interface HotTier {
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
  close(): Promise<void>;
}
