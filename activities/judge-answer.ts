import type { z } from 'zod';
import type { httpWhen } from '../schemas/trigger-kinds/http.ts';
import { findPattern } from './find-pattern.ts';
import type { RequestTarget, SafeAnswer } from './safe-request.ts';

/** What one look came to. */
export interface Finding {
  /** `unknown` says nothing: it neither makes a fault nor ends one. */
  readonly verdict: 'well' | 'fault' | 'unknown';
  /** In words of ours, without anything personal or from outside. */
  readonly detail: string;
  /** What an event tells beside the state. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export type HttpRule = z.infer<typeof httpWhen>['http'];

const dayMs = 86_400_000;

/**
 * Judges what a service answered by what its file calls a fault. What is no answer says nothing, unless the file names
 * it among the faults.
 */
export async function judgeAnswer(answer: SafeAnswer, rule: HttpRule, now: Date): Promise<Finding> {
  const { host } = new URL(rule.url);
  if (answer.kind !== 'answer') {
    const facts = { host, status: 0, answer: answer.kind, ms: answer.ms };
    const ended = rule.certificate !== undefined && answer.code === 'CERT_HAS_EXPIRED';
    return { verdict: ended || rule.status.includes(answer.kind) ? 'fault' : 'unknown', detail: answer.detail, facts };
  }
  const { status, ms } = answer;
  const facts = { host, status, answer: 'answer', ms };
  const say = (verdict: Finding['verdict'], detail: string): Finding => ({ verdict, detail, facts });
  if (rule.status.some((one) => covers(one, status))) return say('fault', `status ${status}`);
  const left = answer.certificate === undefined ? undefined : Date.parse(answer.certificate.endsAt) - now.getTime();
  if (rule.certificate !== undefined && left !== undefined && left <= rule.certificate.expiresWithin) {
    return say('fault', `the certificate ends in ${Math.floor(left / dayMs)} days`);
  }
  const { matches, lacks } = rule.body ?? {};
  for (const [pattern, faulty, words] of [
    [matches, true, 'the body holds what marks a fault'],
    [lacks, false, 'the body lacks what it should hold'],
  ] as const) {
    if (pattern === undefined) continue;
    const found = await findPattern(pattern, answer.bodyText);
    if (found === undefined) return say('unknown', 'the pattern for the body takes too long');
    if (found === faulty) return say('fault', `status ${status}, ${words}`);
  }
  return say('well', `status ${status}`);
}

/** What a rule asks, as `judgeAnswer` needs it. Pure. */
export function requestFor(rule: HttpRule): RequestTarget {
  const { url, method, headers, timeout: timeoutMs, body } = rule;
  const asked = { url, method, headers, timeoutMs, redirects: redirectsFor(rule) };
  return body === undefined ? { ...asked, maxBytes: 0 } : asked;
}

/** A file that names a redirect among the faults wants to see it, and not where it leads. Pure. */
export const redirectsFor = ({ status }: Pick<HttpRule, 'status'>): number =>
  [301, 302, 303, 307, 308].some((code) => status.some((one) => covers(one, code))) ? 0 : 3;

function covers(one: HttpRule['status'][number], status: number): boolean {
  if (typeof one === 'number') return one === status;
  const range = /^(\d{3})-(\d{3})$/.exec(one);
  return range !== null && status >= Number(range[1]) && status <= Number(range[2]);
}
