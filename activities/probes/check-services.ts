import type { InstanceFile } from '../../schemas/instance-file.ts';
import type { CheckResult } from '../../store/health/record-results.ts';

type Service = InstanceFile['health']['services'][number];

/** Asks each configured service once, all at the same time. A redirect is an answer, and is not followed. */
export function checkServices(services: readonly Service[]): Promise<CheckResult[]> {
  return Promise.all(
    services.map(async ({ name, url, status, timeout }): Promise<CheckResult> => {
      const check = `service:${name}`;
      try {
        const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeout) });
        // The body is of no interest; unread it would hold the connection.
        await answer.body?.cancel();
        const healthy = status.includes(answer.status);
        return { check, healthy, detail: `answered ${answer.status}, expected ${status.join(' or ')}` };
      } catch (error) {
        const late = error instanceof Error && error.name === 'TimeoutError';
        return {
          check,
          healthy: false,
          detail: late ? `gave no answer within ${timeout / 1000} s` : 'could not be reached',
        };
      }
    }),
  );
}

/** Calls the outgoing heartbeat, so that its silence tells that Steward is dead. */
export async function callHeartbeat(url: string | undefined): Promise<'none' | 'sent' | 'failed'> {
  if (url === undefined) return 'none';
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await answer.body?.cancel();
    return answer.ok ? 'sent' : 'failed';
  } catch {
    return 'failed';
  }
}
