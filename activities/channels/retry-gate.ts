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
  let queue: Promise<void> = Promise.resolve();
  let wentAt = Number.NEGATIVE_INFINITY;
  return {
    pass: async (signal) => {
      const turn = queue.then(async () => {
        if (signal.aborted) return;
        // By when the one before really went: timers of a busy process come late, and so too close to the next ones.
        await sleep(Math.max(0, wentAt + apartMs - performance.now()), undefined, { signal }).catch(() => undefined);
        if (!signal.aborted) wentAt = performance.now();
      });
      queue = turn;
      const over = Promise.withResolvers<void>();
      const giveUp = () => over.resolve();
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) giveUp();
      await Promise.race([turn, over.promise]);
      signal.removeEventListener('abort', giveUp);
    },
  };
}
