import type { MailChannel } from '../../../schemas/channel-file.ts';
import type { IncomingMail } from '../../../schemas/message.ts';
import { recordConnected } from '../../../store/accounts/record-login.ts';
import type { Serving, SessionDeps } from '../session-deps.ts';
import { connectImap } from './connect-imap.ts';
import { heedTalk } from './heed-talk.ts';
import { nameMailFailure } from './name-mail-failure.ts';
import { makeProveSender } from './prove-sender.ts';
import { readMailbox } from './read-mailbox.ts';
import { watchMailbox } from './watch-mailbox.ts';

/**
 * Serves one IMAP connection until it breaks or the session is asked to end.
 *
 * @throws mailBusy, mailLoginRefused, mailInsecure, sessionSuperseded, storeBusy
 */
export async function serveMail(deps: SessionDeps, serving: Serving<MailChannel>): Promise<void> {
  const { store, log, signal, timings } = deps;
  const { channel, session } = serving;
  const { folder, readEvery, host } = channel.imap;
  const client = await connectImap(channel, timings, signal);
  const close = () => client.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await recordConnected(store, session.accountId);
    // Read only, so that nothing is marked as seen; CONDSTORE was enabled before, or HIGHESTMODSEQ would be missing.
    const select = () => client.mailboxOpen(folder, { readOnly: true });
    await select();
    const settled = new Set<number>();
    const proveSender = makeProveSender(channel.trustAuthservIds, deps.resolveDns);
    const heed = (mail: IncomingMail) => heedTalk(channel, mail);
    await watchMailbox(client, { readEveryMs: readEvery, timings, signal }, async (reselect) => {
      if (reselect) await select();
      await readMailbox({
        store,
        client,
        session,
        proveSender,
        log,
        settled,
        signal,
        heed,
        accepted: serving.accepted,
      });
      serving.up();
    });
  } catch (error) {
    throw signal.aborted || !client.isClosed ? error : nameMailFailure(error, host);
  } finally {
    signal.removeEventListener('abort', close);
    client.close();
  }
}
