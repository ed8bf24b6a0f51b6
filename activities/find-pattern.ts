import { Worker } from 'node:worker_threads';
import { RE2JS } from 're2js';

/** RE2 takes time by text and pattern: the worst pattern of 1,000 characters takes 75 ms for 1 KiB (2026-11). */
const smallChars = 4_096;

/**
 * Whether a text holds a pattern (RE2). A long text is looked at in a thread, which ends at the deadline, so that no
 * pattern holds up everything else.
 *
 * @returns undefined where it took too long
 */
export async function findPattern(pattern: string, text: string, deadlineMs = 5_000): Promise<boolean | undefined> {
  if (text.length <= smallChars) return RE2JS.compile(pattern).matcher(text).find();
  const thread = new Worker(new URL('./pattern-thread.ts', import.meta.url), { workerData: { pattern, text } });
  const { promise, resolve, reject } = Promise.withResolvers<boolean | undefined>();
  const timer = setTimeout(() => resolve(undefined), deadlineMs);
  thread.once('message', resolve).once('error', reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
