import { ModelFault } from './name-outcome.ts';

/** What one answer may take. */
export interface AnswerBounds {
  /** From the first byte asked to the last byte read, milliseconds. */
  readonly wholeMs: number;
  /** Until the first byte of the body. */
  readonly firstMs: number;
  readonly maxBytes: number;
}

/**
 * A `fetch` that ends, with `slow` or `tooMuch` as the reason. Follows no redirect, so that what is asked goes to the
 * named endpoint and nowhere else.
 */
export function boundedFetch({ wholeMs, firstMs, maxBytes }: AnswerBounds): typeof fetch {
  return async (url, init = {}) => {
    const ends = new AbortController();
    const end = (outcome: 'slow' | 'tooMuch') => () => ends.abort(new ModelFault(outcome));
    const first = setTimeout(end('slow'), firstMs).unref();
    const whole = setTimeout(end('tooMuch'), wholeMs).unref();
    const clear = () => {
      clearTimeout(first);
      clearTimeout(whole);
    };
    const signals = [ends.signal, init.signal].filter((signal) => signal != null);
    try {
      const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.any(signals) });
      if (response.body === null) {
        clear();
        return response;
      }
      let left = maxBytes;
      const bounded = response.body.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform: (chunk, controller) => {
            clearTimeout(first);
            left -= chunk.byteLength;
            if (left < 0) controller.error(new ModelFault('tooMuch'));
            else controller.enqueue(chunk);
          },
          flush: clear,
        }),
      );
      const { status, statusText, headers } = response;
      return new Response(bounded, { status, statusText, headers });
    } catch (error) {
      clear();
      throw ends.signal.aborted ? ends.signal.reason : error;
    }
  };
}
