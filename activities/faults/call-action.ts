import { eq } from 'drizzle-orm';
import { fires } from '../../schemas/db/fires.ts';
import type { EffectState } from '../../schemas/endings.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { OutgoingCall, SendResult } from '../../schemas/outgoing.ts';
import { readFault } from '../../store/incidents/read-fault.ts';
import { claimEffect, contentBegins, type OutboxRow } from '../../store/outbox/claim-effect.ts';
import { openCall, queueCall } from '../../store/outbox/queue-call.ts';
import { recordResult } from '../../store/outbox/record-result.ts';
import type { Store } from '../../store/store.ts';
import { type SafeAnswer, safeRequest } from '../safe-request.ts';
import { untilKept } from '../until-kept.ts';

export interface ActionOutcome {
  readonly outboxId: string;
  /** `queued`: nothing happened, and it may be tried again. */
  readonly state: EffectState;
  readonly detail: string;
}

/** The far side says that it did not take the request up. @source RFC 9110 15.5.9, 15.5.20, 15.6.4; RFC 6585 4; RFC 8470 5.2 */
const notTakenUp = new Set([408, 421, 425, 429, 503]);

/**
 * Makes the one call of a fault, at most once where its answer is not known. May be repeated: what is done, under way or
 * unknown is not called again. A call that provably did nothing is `queued` again, up to the plan's `attempts`.
 *
 * @throws notFound, badInput where the plan has no action, storeBusy
 */
export async function callAction(store: Store, { fireId }: { fireId: string }): Promise<ActionOutcome> {
  const [fire] = await store.db.select().from(fires).where(eq(fires.id, fireId));
  if (fire === undefined) throw new StewardError('notFound', `There is no fire ${fireId}`);
  const { action } = readFault(store, fire).plan;
  if (action === undefined) throw new StewardError('badInput', `The plan of fire ${fireId} has no action`);
  const { timeout, ...http } = action.http;
  const outboxId = await queueCall(store, {
    ...{ personId: fire.personId, effectKey: `${fireId}:action` },
    call: { ...http, timeoutMs: timeout } as OutgoingCall,
  });
  const claim = await claimEffect(store, outboxId);
  if (!claim.claimed) return { outboxId, state: claim.state, detail: 'as an earlier attempt left it' };
  const result = await attempt(store, claim.row, action.wait);
  const spent = result.state === 'again' && claim.row.attempt >= action.attempts;
  const kept: SendResult = spent ? { state: 'failed', detail: result.detail } : result;
  return { outboxId, state: await untilKept(() => recordResult(store, claim.row, kept)), detail: result.detail };
}

async function attempt(store: Store, row: OutboxRow, waitMs: number): Promise<SendResult> {
  const { expect, headers, ...call } = openCall(store, row);
  await contentBegins(store, row);
  const answer = await safeRequest({
    ...call,
    headers: { ...headers, 'Idempotency-Key': row.id },
    maxBytes: 0,
    redirects: 0,
  });
  return judgeCall(answer, { waitMs, ...(expect === undefined ? {} : { expect }) });
}

/** What an answer to a call proves. Pure. */
export function judgeCall(
  answer: SafeAnswer,
  { expect, waitMs }: { readonly expect?: readonly number[]; readonly waitMs: number },
): SendResult {
  if (answer.kind === 'answer') {
    const { status } = answer;
    const detail = `status ${status}`;
    const done = expect === undefined ? status >= 200 && status <= 299 : expect.includes(status);
    if (done) return { state: 'sent', detail };
    return notTakenUp.has(status) ? { state: 'again', detail, waitMs } : { state: 'failed', detail };
  }
  const { kind, detail, sent } = answer;
  if (kind === 'redirect') return { state: 'failed', detail };
  return sent ? { state: 'unknown', detail } : { state: 'again', detail, waitMs };
}
