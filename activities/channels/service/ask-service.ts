import { type Clock, systemClock } from '../../../schemas/clock.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { NoAnswer } from '../../request-once.ts';
import { fetchPinned } from '../fetch-pinned.ts';
import { wordAt } from './json-at.ts';

/** One request to the API of a service. */
export interface ServiceAsk {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
}

export interface ServiceAnswer {
  readonly status: number;
  /** What the body says, where it is JSON; text from outside. */
  readonly json: unknown;
  /** How long the service asks us to wait, milliseconds. */
  readonly waitMs: number | undefined;
}

const timeoutMs = 20_000;
const longestMs = 3_600_000;
/** Where a limit says no time. */
const unsaidMs = 60_000;

/**
 * Asks a service once. No redirect is followed; a name without TLS must lead to this machine.
 *
 * Rejects with `NoAnswer` where none came.
 *
 * @param onSending - called before the first byte of the request leaves
 * @throws channelInsecure
 */
export async function askService(
  { method, url, headers = {}, body }: ServiceAsk,
  { signal, onSending, clock = systemClock }: { signal?: AbortSignal; onSending?: () => void; clock?: Clock } = {},
): Promise<ServiceAnswer> {
  const at = new URL(url);
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  const response = await fetchPinned(
    {
      ...{ loopbackOnly: at.protocol === 'http:', signal: AbortSignal.any(signals) },
      ...(onSending === undefined ? {} : { onSending }),
    },
    at,
    {
      method,
      headers: {
        ...{ accept: 'application/json', ...headers },
        ...(body === undefined || headers['content-type'] !== undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    },
  );
  const text = await response.text();
  const json = jsonOf(text);
  const waitMs = waitOf(response, clock.now().getTime()) ?? (isLimit(response, json) ? unsaidMs : undefined);
  return { status: response.status, json, waitMs };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** GitHub's second limit may come as a 403 without a time. @source docs.github.com/rest, "Best practices" */
function isLimit({ status }: Response, json: unknown): boolean {
  return status === 403 && /\b(?:secondary )?rate limit\b/i.test(wordAt(json, 'message') ?? '');
}

/** `Retry-After` in seconds or as a date; GitHub says when its window ends. @source RFC 9110 10.2.3 */
function waitOf({ headers }: Response, now: number): number | undefined {
  const after = headers.get('retry-after');
  const until = headers.get('x-ratelimit-remaining') === '0' ? headers.get('x-ratelimit-reset') : null;
  const asked =
    after !== null
      ? /^\d+$/.test(after)
        ? Number(after) * 1_000
        : Date.parse(after) - now
      : until !== null
        ? Number(until) * 1_000 - now
        : Number.NaN;
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 1_000), longestMs) : undefined;
}

/** What a failed question means to whoever reads from a service. @throws channelInsecure, channelBusy, channelLoginRefused */
export function nameServiceFailure(cause: unknown, kind: string): StewardError {
  if (cause instanceof StewardError) return cause;
  const code = cause instanceof NoAnswer && cause.code !== undefined ? ` (${cause.code})` : '';
  return new StewardError('channelBusy', `The service ${kind} did not answer${code}`);
}

/** An answer that is no success, as one of our failures. @throws channelBusy, channelLoginRefused */
export function refuseAnswer({ status, waitMs }: ServiceAnswer, kind: string): void {
  if (status >= 200 && status < 300) return;
  // A 403 that says how long to wait is a limit, and no refusal of the account.
  if (waitMs === undefined && (status === 401 || status === 403 || status === 404)) {
    throw new StewardError('channelLoginRefused', `The service ${kind} refused the account: status ${status}`);
  }
  throw new StewardError('channelBusy', `The service ${kind} did not serve the account: status ${status}`);
}
