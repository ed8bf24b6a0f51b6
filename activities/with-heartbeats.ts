import { asyncLocalStorage } from '@temporalio/activity';

type Activity = (input: never) => Promise<unknown>;

/** Three of these fit into the heartbeat timeout of `workflows/proxies.ts`. */
const everyMs = 4_000;

/**
 * Makes every activity of a group say that it is alive for as long as it runs: a killed worker is noticed within
 * seconds, and not when the longest time that its work may take is over.
 */
export function withHeartbeats<G extends Record<string, Activity>>(group: G): G {
  const wrapped = Object.entries(group).map(([name, activity]) => [
    name,
    async (input: never) => {
      const context = asyncLocalStorage.getStore();
      const beat = setInterval(() => context?.heartbeat(), everyMs);
      try {
        return await activity(input);
      } finally {
        clearInterval(beat);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as G;
}
