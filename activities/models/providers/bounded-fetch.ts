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
    const first = setTimeout(() => ends.abort(new ModelFault('slow')), firstMs).unref();
    const whole = setTimeout(() => ends.abort(new ModelFault('tooMuch')), wholeMs).unref();
    const clear = () => {
      clearTimeout(first);
      clearTimeout(whole);
    };
    const signal = init.signal == null ? ends.signal : AbortSignal.any([ends.signal, init.signal]);
    try {
      const { body, status, statusText, headers } = await fetch(url, { ...init, redirect: 'error', signal });
      if (body === null) clear();
      const bounded = body === null ? null : boundedBody(body, maxBytes, () => clearTimeout(first), clear);
      return new Response(bounded, { status, statusText, headers });
    } catch (error) {
      clear();
      throw ends.signal.aborted ? ends.signal.reason : error;
    }
  };
}

/** Cheaper than a `TransformStream`, which costs more than all the rest of a call. */
function boundedBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  onBegin: () => void,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = maxBytes;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        onBegin();
        if (done) {
          onEnd();
          return controller.close();
        }
        left -= value.byteLength;
        if (left >= 0) return controller.enqueue(value);
        onEnd();
        controller.error(new ModelFault('tooMuch'));
        await reader.cancel();
      },
      cancel: async (reason) => {
        onEnd();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
