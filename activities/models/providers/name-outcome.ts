import type { ModelOutcomeName } from '../../../schemas/model-outcomes.ts';

/** What a call that was not answered came to. */
export class ModelFault extends Error {
  override readonly name = 'ModelFault';
  readonly outcome: ModelOutcomeName;
  /** When the provider says that it may be asked again, milliseconds from now. */
  readonly waitMs: number | undefined;
  /** It was not asked at all: a limit or a budget of ours. */
  readonly ours: boolean;
  /** Our own words for it, where they say more than the outcome; none of the far side's. */
  readonly why: string | undefined;
  constructor(outcome: ModelOutcomeName, more: { waitMs?: number | undefined; ours?: true; why?: string } = {}) {
    super(outcome);
    this.outcome = outcome;
    this.waitMs = more.waitMs;
    this.ours = more.ours ?? false;
    this.why = more.why;
  }
}

/** An answer of a provider that is no success, as far as it is looked at. */
export interface Refusal {
  /** Undefined where no answer came. */
  readonly status: number | undefined;
  /** Its own names of what was wrong: code, type, or words to look for names in. */
  readonly words?: readonly unknown[];
  readonly retryAfter?: string | null | undefined;
}

/** A day of waiting is a person's matter. */
const longestWaitMs = 24 * 3_600_000;

/** @source platform.openai.com/docs/guides/error-codes; llama.cpp server `exceed_context_size_error` */
const noMoney = /insufficient_quota|billing|insufficient[ _]credits?|payment_required|credit balance|budget/i;
const tooLong =
  /context_length_exceeded|exceed_context_size|input length exceeds|maximum context length|context window|prompt is too long|too many tokens/i;

/** Says what a refusal means, by status and by the names that providers use. Pure. @param now - milliseconds */
export function nameOutcome({ status, words = [], retryAfter }: Refusal, now = Date.now()): ModelFault {
  const waitMs = waitOf(retryAfter, now);
  const said = words.filter((word) => typeof word === 'string').join(' ');
  if (status === undefined) return new ModelFault('away');
  if (status === 402 || ((status === 403 || status === 429) && noMoney.test(said)))
    return new ModelFault('noMoney', { waitMs });
  if (status === 429) return new ModelFault('limited', { waitMs });
  // What a server does not do today it will not do in ten seconds.
  if (status === 501) return new ModelFault('badRequest');
  if (status >= 500 || [408, 409, 425].includes(status)) return new ModelFault('away', { waitMs });
  if (status === 401 || status === 403) return new ModelFault('noKey');
  if (status === 404) return new ModelFault('noModel');
  return new ModelFault(status === 413 || tooLong.test(said) ? 'tooLong' : 'badRequest');
}

/** Seconds or a date. @source RFC 9110 10.2.3 */
function waitOf(retryAfter: string | null | undefined, now: number): number | undefined {
  if (retryAfter == null || retryAfter.trim() === '') return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), longestWaitMs) : undefined;
}
