/**
 * A `fetch` that ends: after `timeoutMs` from the first byte asked to the last byte read, or after `maxBytes` of answer.
 * Follows no redirect, so that a mail's text goes to the named endpoint and nowhere else.
 */
export function boundedFetch(timeoutMs: number, maxBytes = 1_048_576, ends?: AbortSignal): typeof fetch {
  return async (url, init = {}) => {
    const signals = [AbortSignal.timeout(timeoutMs), init.signal, ends].filter((signal) => signal != null);
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.any(signals) });
    if (response.body === null) return response;
    let left = maxBytes;
    const bounded = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          left -= chunk.byteLength;
          if (left < 0) controller.error(new RangeError(`Answer is longer than ${maxBytes} bytes`));
          else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(bounded, { status, statusText, headers });
  };
}
