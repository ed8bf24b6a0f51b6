import { setTimeout as pause } from 'node:timers/promises';

/**
 * Tries a write again while the store is away, for about a minute. What the far side answered is known only here: a
 * Postgres that restarts at that moment must not turn a sent mail into an unknown one.
 *
 * @param pauseMs - before the second try; doubles up to 4 s
 */
export async function untilKept<T>(write: () => Promise<T>, pauseMs = 250): Promise<T> {
  for (let left = 18, wait = pauseMs; ; left -= 1, wait = Math.min(wait * 2, 4_000)) {
    try {
      return await write();
    } catch (error) {
      if (left === 0) throw error;
      await pause(wait);
    }
  }
}
