import type { Logger } from 'pino';

export interface Following {
  /** Says that something changed; it is followed soon, and in order. */
  changed(): void;
  /** Ends after what is under way. */
  stop(): Promise<void>;
}

/**
 * Follows changes one at a time. Several that come while one is followed are one; a failure is tried again until it
 * succeeds, since a change that was saved must not wait for the next save.
 *
 * @param follow - brings things in line with how they are now; may be repeated
 * @param retryMs - pause after a failure
 */
export function followChanges(follow: () => Promise<void>, log: Pick<Logger, 'error'>, retryMs = 5_000): Following {
  let wanted = false;
  let stopped = false;
  let wake: () => void = () => undefined;
  let running: Promise<void> | undefined;

  const run = async () => {
    while (wanted && !stopped) {
      wanted = false;
      try {
        await follow();
      } catch (error) {
        log.error({ err: error }, 'a change could not be followed yet');
        wanted = true;
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, retryMs);
        });
      }
    }
    running = undefined;
  };
  return {
    changed: () => {
      wanted = true;
      if (!stopped) running ??= run();
    },
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}
