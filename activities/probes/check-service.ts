import type { InstanceFile } from '../../schemas/instance-file.ts';
import type { CheckResult } from '../../store/health/record-checks.ts';
import { safeRequest } from '../safe-request.ts';

type Service = InstanceFile['health']['services'][number];

/**
 * Asks one service once and looks at the status only: no redirect is followed, no body is read.
 * Never throws: no answer is a result.
 */
export async function checkService({ name, url, status, timeout }: Service): Promise<CheckResult> {
  const check = `service:${name}`;
  const answer = await safeRequest({ url, method: 'GET', headers: {}, timeoutMs: timeout, maxBytes: 0, redirects: 0 });
  if (answer.kind !== 'answer') return { check, healthy: false, detail: answer.detail };
  const healthy = status.includes(answer.status);
  return { check, healthy, detail: `status ${answer.status}${healthy ? '' : `, expected ${status.join(' or ')}`}` };
}

/** Calls the outgoing heartbeat, so that a Steward that is silent is noticed elsewhere. Never throws. */
export async function callHeartbeat(url: string, timeoutMs = 10_000): Promise<'sent' | 'failed'> {
  const answer = await safeRequest({ url, method: 'GET', headers: {}, timeoutMs, maxBytes: 0 });
  return answer.kind === 'answer' && answer.status >= 200 && answer.status < 300 ? 'sent' : 'failed';
}
