import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { MaildirChannel } from '../../../schemas/channel-file.ts';
import { StewardError } from '../../../schemas/errors.ts';
import { recordConnected } from '../../../store/accounts/record-login.ts';
import { heedTalk } from '../mail/heed-talk.ts';
import { makeProveSender } from '../mail/prove-sender.ts';
import type { Serving, SessionDeps } from '../session-deps.ts';
import { readMaildir } from './read-maildir.ts';

/**
 * Watches a Maildir until the session is asked to end. The watch is a hint; the timed scan is the truth.
 *
 * @throws mailBusy when the folder cannot be read, sessionSuperseded, storeBusy
 */
export async function serveMaildir(deps: SessionDeps, serving: Serving<MaildirChannel>): Promise<void> {
  const { store, signal } = deps;
  const { channel, session, accepted } = serving;
  const folder = channel.path;
  const settled = new Set<string>();
  const proveSender = makeProveSender(channel.trustAuthservIds, deps.resolveDns);
  const hint = watchFolder(join(folder, 'new'), signal);
  try {
    let greeted = false;
    while (!signal.aborted) {
      await readMaildir({
        store,
        session,
        folder,
        proveSender,
        settled,
        signal,
        accepted,
        heed: (mail) => heedTalk(channel, mail),
      });
      if (!greeted) await recordConnected(store, session.accountId);
      greeted = true;
      serving.up();
      await hint.wait(channel.readEvery);
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'ENOTDIR') throw cause;
    throw new StewardError('mailBusy', `Cannot read the Maildir ${folder} (${code})`, { cause });
  } finally {
    hint.stop();
  }
}

/** Wakes when something happens in a folder, when aborted, or after the time. */
function watchFolder(folder: string, signal: AbortSignal) {
  let hinted = false;
  let wake: () => void = () => undefined;
  const onHint = () => {
    hinted = true;
    wake();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, onHint);
    watcher.on('error', () => undefined);
  } catch {
    // Not every file system can watch; the timed scan finds everything all the same.
  }
  signal.addEventListener('abort', onHint);
  return {
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
        if (hinted || signal.aborted) wake();
        hinted = false;
      }),
    stop: () => {
      watcher?.close();
      signal.removeEventListener('abort', onHint);
    },
  };
}
