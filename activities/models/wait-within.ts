import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so many milliseconds; fails with the signal's reason once it is given. */
export async function sleepWithin(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    signal!.throwIfAborted();
  }
}

/** Waits for work that others wait for too; fails with the signal's reason once it is given, and the work goes on. */
export async function awaitWithin<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return await work;
  signal.throwIfAborted();
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
