import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, isPost } from '../../schemas/channel-file.ts';
import { StewardError } from '../../schemas/errors.ts';
import { type Account, findAccount } from '../../store/accounts/find-account.ts';
import { recordStrike, recordTrouble } from '../../store/accounts/record-login.ts';
import { takeFence } from '../../store/accounts/take-fence.ts';
import type { AcceptedMails } from '../../store/inbox/accept-mails.ts';
import { nameMailFailure } from './mail/name-mail-failure.ts';
import { serveMail } from './mail/serve-mail.ts';
import { serveMaildir } from './maildir/serve-maildir.ts';
import { serveChat } from './serve-chat.ts';
import type { Serving, SessionDeps, SessionEnd } from './session-deps.ts';

/**
 * Reads one account for as long as it may: connects, reads from the cursor, waits for hints, and after a failure connects
 * anew with full jitter. One session an account: it takes the fence first, and whoever held it can write nothing more.
 * Three refused logins put the account to rest, and its owner is told.
 */
export async function runSession(deps: SessionDeps, accountId: string): Promise<SessionEnd> {
  const beat = setInterval(deps.heartbeat, deps.timings.heartbeatMs);
  deps.heartbeat();
  try {
    return await keepServing(deps, accountId);
  } finally {
    clearInterval(beat);
  }
}

/** A connection that held for so long was a good one: the next failure waits from the beginning. */
const steadyMs = 60_000;

async function keepServing(deps: SessionDeps, accountId: string): Promise<SessionEnd> {
  const known = await findAccount(deps.store, accountId);
  if (known === undefined) return { ended: 'gone' };
  const { fence } = await takeFence(deps.store, accountId);
  let failures = 0;
  for (;;) {
    if (deps.signal.aborted) return { ended: 'aborted' };
    let upAt: number | undefined;
    try {
      const account = await findAccount(deps.store, accountId);
      const channel = account === undefined ? undefined : deps.files.current().channels.get(account.name);
      if (account === undefined || channel?.enabled !== true) return { ended: 'gone' };
      if (account.state === 'resting' && account.fileHash === channel.hash) return await rest(deps, account);
      const session = { accountId, personId: account.personId, fence, channel: channel.kind };
      await serve(deps, channel, {
        session,
        accepted: (mails) => announce(deps, account, mails),
        up: () => {
          upAt ??= performance.now();
        },
      });
    } catch (error) {
      if (deps.signal.aborted) return { ended: 'aborted' };
      const end = await judge(deps, accountId, error);
      if (end !== undefined) return end;
      // A server that lets us in and closes at once is not one that serves.
      if (upAt !== undefined && performance.now() - upAt >= Math.min(steadyMs, deps.timings.maxBackoffMs)) failures = 0;
      failures += 1;
      await backOff(deps, failures);
    }
  }
}

function serve(deps: SessionDeps, channel: Channel, rest: Omit<Serving<Channel>, 'channel'>): Promise<void> {
  if (!isPost(channel)) return serveChat(deps, { ...rest, channel });
  return channel.kind === 'mail' ? serveMail(deps, { ...rest, channel }) : serveMaildir(deps, { ...rest, channel });
}

/** What follows from a failure: an end, or undefined for another try. */
async function judge(deps: SessionDeps, accountId: string, error: unknown): Promise<SessionEnd | undefined> {
  const code = error instanceof StewardError ? error.code : undefined;
  if (code === 'sessionSuperseded') return { ended: 'superseded' };
  // The sentence of a foreign error may quote a mail or a server; its code is enough.
  const named = nameMailFailure(error, 'the mailbox');
  deps.log.warn({ account: accountId, code: named.code }, named.message);
  const record = code === 'mailLoginRefused' || code === 'channelLoginRefused' ? recordStrike : recordTrouble;
  // Without the store nothing can be read either: the loop fails there again, before it would log in.
  await record(deps.store, accountId, named.message).catch(() => undefined);
  return undefined;
}

async function rest(deps: SessionDeps, account: Account): Promise<SessionEnd> {
  const text =
    `The account "${account.name}" rests: its server refused the login three times. ` +
    `Correct channels/${account.name}.yaml; until then Steward does not try again.`;
  // The key names the file's text, so a session that was killed before this line says it later, and once.
  await deps.notify(account.personId, `resting:${account.id}:${account.fileHash.slice(0, 16)}`, text);
  deps.log.error({ account: account.id }, 'account rests until its file changes');
  return { ended: 'resting' };
}

/** Tells dispatch. When that fails, the sweeper finds the rows. */
async function announce(deps: SessionDeps, account: Account, mails: AcceptedMails): Promise<void> {
  if (mails.inboxIds.length + mails.turnIds.length === 0) return;
  try {
    await deps.dispatch.messagesAccepted(mails.turnIds);
    if (mails.inboxIds.length === 0) return;
    await deps.dispatch.mailArrived({ accountId: account.id, name: account.name }, mails.inboxIds);
  } catch (error) {
    deps.log.warn({ account: account.id, err: error }, 'new mail could not be announced; the sweeper does it');
  }
}

/** Full jitter. @source aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter */
async function backOff({ timings, random, signal, retries }: SessionDeps, failures: number): Promise<void> {
  const most = Math.min(timings.maxBackoffMs, timings.firstBackoffMs * 2 ** Math.min(failures - 1, 20));
  await sleep((random ?? Math.random)() * most, undefined, { signal }).catch(() => undefined);
  await retries?.pass(signal);
}
