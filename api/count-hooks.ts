import { Counter } from 'prom-client';

/** What became of requests to hooks, since this process began. */
export const hookRequests = new Counter({
  name: 'steward_hook_requests_total',
  help: 'Requests to hooks that exist, by what became of them',
  labelNames: ['result'],
  registers: [],
});

/** Counts one. */
export function countHook(
  result: 'accepted' | 'repeated' | 'ignored' | 'refused' | 'tooLarge' | 'limited' | 'unsafe',
): void {
  hookRequests.inc({ result });
}
