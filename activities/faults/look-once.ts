import type { FaultTarget, PlainLook } from '../../schemas/fault-target.ts';
import type { Store } from '../../store/store.ts';
import { readWatch } from '../../store/triggers/watch-state.ts';
import { type Finding, judgeAnswer, requestFor } from '../judge-answer.ts';
import { type SafeAnswer, safeRequest } from '../safe-request.ts';

/** What one look came to, in our words. */
export type Look = Pick<Finding, 'verdict' | 'detail'>;

/** Asks once whether the service is well. Changes nothing; no answer is a result. @throws storeBusy */
export async function lookOnce(store: Store, target: FaultTarget): Promise<Look> {
  if ('watch' in target) {
    const watch = await readWatch(store, target.watch);
    if (watch === undefined) return { verdict: 'unknown', detail: 'nothing watches its figure' };
    // Over its line for less than `for` is no fault yet, and not well either.
    const verdict = watch.faulty ? 'fault' : watch.verdict === 'well' ? 'well' : 'unknown';
    return { verdict, detail: watch.detail };
  }
  if ('ask' in target) {
    const { url, method, headers, timeout: timeoutMs } = target.ask;
    return judgeStatus(await safeRequest({ url, method, headers, timeoutMs, maxBytes: 0, redirects: 0 }), target.ask);
  }
  return await judgeAnswer(await safeRequest(requestFor(target.http)), target.http, store.clock.now());
}

/** Well is a status that is expected; all else is a fault, also no answer. Pure. */
export function judgeStatus(answer: SafeAnswer, { expect }: Pick<PlainLook, 'expect'>): Look {
  if (answer.kind !== 'answer') return { verdict: 'fault', detail: answer.detail };
  const { status } = answer;
  const well = expect === undefined ? status >= 200 && status <= 299 : expect.includes(status);
  return { verdict: well ? 'well' : 'fault', detail: `status ${status}` };
}
