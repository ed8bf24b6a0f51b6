import type { ImapFlow } from 'imapflow';
import { StewardError } from '../../../schemas/errors.ts';
import type { MailTimings } from './mail-timings.ts';

/**
 * Reads whenever the server hints at new mail, and on a timer; returns when aborted. A server that does not answer within
 * `watchdogMs` counts as gone: IDLE alone can stay deaf for ever.
 *
 * @param read - reads from the cursor; `reselect` asks for a fresh SELECT first, which shows a changed UIDVALIDITY.
 * @throws mailBusy when the connection is lost or silent, and what `read` throws
 * @source RFC 2177
 */
export async function watchMailbox(
  client: ImapFlow,
  options: { readEveryMs: number; timings: MailTimings; signal: AbortSignal },
  read: (reselect: boolean) => Promise<void>,
): Promise<void> {
  const { signal, timings } = options;
  const hint = hints(client, signal);
  try {
    let readDue = performance.now() + options.readEveryMs;
    await read(false);
    while (!signal.aborted) {
      const untilRead = Math.max(0, readDue - performance.now());
      // Ends by itself once another command, such as the NOOP below, breaks it.
      client.idle().catch(() => undefined);
      await hint.wait(Math.min(untilRead, timings.watchdogMs / 2));
      if (signal.aborted) return;
      if (!client.usable) throw new StewardError('mailBusy', 'The mail server closed the connection');
      await answered(client, timings.watchdogMs / 2);
      const timed = performance.now() >= readDue;
      if (!hint.take() && !timed) continue;
      if (timed) readDue = performance.now() + options.readEveryMs;
      await read(timed);
    }
  } finally {
    hint.stop();
  }
}

async function answered(client: ImapFlow, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StewardError('mailBusy', `The mail server gave no answer within ${withinMs} ms`));
      client.close();
    }, withinMs);
  });
  try {
    await Promise.race([client.noop(), silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Collects hints, also those that come while a read is under way. */
function hints(client: ImapFlow, signal: AbortSignal) {
  let hinted = false;
  let wake: () => void = () => undefined;
  const onExists = () => {
    hinted = true;
    wake();
  };
  const onEnd = () => wake();
  client.on('exists', onExists);
  client.on('close', onEnd);
  signal.addEventListener('abort', onEnd);
  return {
    take: () => {
      const was = hinted;
      hinted = false;
      return was;
    },
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (hinted || signal.aborted || !client.usable) wake();
      }),
    stop: () => {
      client.off('exists', onExists);
      client.off('close', onEnd);
      signal.removeEventListener('abort', onEnd);
    },
  };
}
