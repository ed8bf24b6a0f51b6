import type { FaultTarget } from '../../schemas/fault-target.ts';
import { readWatch } from '../../store/incidents/read-fault.ts';
import type { Store } from '../../store/store.ts';
import { safeRequest } from '../safe-request.ts';
import { judgeAnswer, type Look } from './judge-answer.ts';

/** Asks once whether the service is well. Changes nothing; no answer is a result. @throws storeBusy */
export async function lookOnce(store: Pick<Store, 'db' | 'clock'>, target: FaultTarget): Promise<Look> {
  if ('watch' in target) {
    const watch = await readWatch(store, target.watch);
    if (watch === undefined) return { well: false, detail: 'nothing watches its figure' };
    return { well: !watch.faulty, detail: watch.detail };
  }
  const { url, method, headers, timeout, body, good } = target.http;
  const answer = await safeRequest({
    ...{ url, method, headers, timeoutMs: timeout },
    ...(body === undefined ? { maxBytes: 0 } : {}),
    // Where the statuses that are well are named, a redirect is one of them or is not.
    ...(good === undefined ? {} : { redirects: 0 }),
  });
  return judgeAnswer(target.http, answer, store.clock.now());
}
