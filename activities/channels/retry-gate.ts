import { setTimeout as sleep } from 'node:timers/promises';

/** Lets one caller through at a time, in the order in which they came. */
export interface RetryGate {
  /** Resolves when the caller may go; also when the signal aborts, at once. */
  pass(signal: AbortSignal): Promise<void>;
}

/**
 * Keeps what tries again apart, however many wait: when a server comes back to fifty accounts at once, it is not asked by
 * all of them in the same second, and nobody is locked out for asking too often.
 *
 * @param apartMs - between two who go
 */
export function retryGate(apartMs: number): RetryGate {
  let freeAt = 0;
  return {
    pass: async (signal) => {
      const now = performance.now();
      const at = Math.max(now, freeAt);
      freeAt = at + apartMs;
      await sleep(at - now, undefined, { signal }).catch(() => undefined);
    },
  };
}
