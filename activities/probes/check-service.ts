import type { InstanceFile } from '../../schemas/instance-file.ts';
import type { CheckResult } from '../../store/health/record-checks.ts';

type Service = InstanceFile['health']['services'][number];

/**
 * Asks one service once and looks at the status only: no redirect is followed, no body is read, no credential is sent.
 * Never throws: no answer is a result.
 */
export async function checkService({ name, url, status, timeout }: Service): Promise<CheckResult> {
  const check = `service:${name}`;
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeout), credentials: 'omit' });
    await answer.body?.cancel();
    const healthy = status.includes(answer.status);
    return { check, healthy, detail: `status ${answer.status}${healthy ? '' : `, expected ${status.join(' or ')}`}` };
  } catch (error) {
    return { check, healthy: false, detail: silence(error, timeout) };
  }
}

function silence(error: unknown, timeout: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer within ${timeout} ms`;
  // Foreign sentences may hold the address with its credentials; the code does not.
  const code = ((error as Error).cause as { code?: string } | undefined)?.code;
  return `no answer${code === undefined ? '' : `, ${code}`}`;
}

/** Calls the outgoing heartbeat, so that a Steward that is silent is noticed elsewhere. Never throws. */
export async function callHeartbeat(url: string, timeoutMs = 10_000): Promise<'sent' | 'failed'> {
  try {
    const answer = await fetch(url, { redirect: 'follow', signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return answer.ok ? 'sent' : 'failed';
  } catch {
    return 'failed';
  }
}
