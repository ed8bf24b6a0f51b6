import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { type MailTimings, mailTimings } from '../../activities/channels/mail/mail-timings.ts';
import type { ResolveDns } from '../../activities/channels/mail/prove-sender.ts';
import { runSession } from '../../activities/channels/run-session.ts';
import type { SessionEnd } from '../../activities/channels/session-deps.ts';
import {
  type Channel,
  type ChannelFile,
  channelFile,
  type MailChannel,
  type PostChannel,
} from '../../schemas/channel-file.ts';
import { accounts } from '../../schemas/db/accounts.ts';
import { inbox } from '../../schemas/db/inbox.ts';
import type { FileSet } from '../../schemas/file-set.ts';
import type { ParsedMail } from '../../schemas/message.ts';
import { ensureAccount } from '../../store/accounts/ensure-account.ts';
import { openMail } from '../../store/inbox/open-mail.ts';
import type { Store } from '../../store/store.ts';
import type { TestDovecot } from './dovecot.ts';

/** A channel file for `me@mail.test` on a test server. */
export function dovecotChannel(server: TestDovecot, of: Record<string, unknown> = {}, name = 'home'): MailChannel {
  const imap = {
    host: '127.0.0.1',
    port: server.imapsPort,
    security: 'tls',
    user: 'me@mail.test',
    password: 'pw-me',
    tls: { ca: server.caFile, serverName: 'localhost' },
    ...(of.imap as object | undefined),
  };
  return channelOf({ kind: 'mail', addresses: ['me@mail.test'], ...of, imap }, name) as MailChannel;
}

export function channelOf(file: unknown, name = 'home'): PostChannel {
  const parsed: ChannelFile = channelFile.parse(file);
  return { ...parsed, name, hash: JSON.stringify(file) } as PostChannel;
}

/** A session as the worker runs it, in this process, with what it did at hand. */
export interface TestSession extends AsyncDisposable {
  readonly accountId: string;
  readonly ended: Promise<SessionEnd>;
  readonly arrived: string[];
  readonly notices: { key: string; text: string }[];
  readonly log: string[];
  stop(): Promise<SessionEnd>;
}

export async function startSession(
  store: Store,
  personId: string,
  channel: Channel,
  options: { timings?: Partial<MailTimings>; resolveDns?: ResolveDns } = {},
): Promise<TestSession> {
  const account = await ensureAccount(store, channel, personId);
  const abort = new AbortController();
  const arrived: string[] = [];
  const notices: { key: string; text: string }[] = [];
  const log: string[] = [];
  const timings = { ...mailTimings, firstBackoffMs: 20, maxBackoffMs: 200, ...options.timings };
  const ended = runSession(
    {
      store,
      files: { current: () => ({ channels: new Map([[channel.name, channel]]) }) as unknown as FileSet },
      dispatch: {
        mailArrived: async (_account, ids) => void arrived.push(...ids),
        messagesAccepted: async () => [],
        sendEffect: async () => undefined,
      },
      log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }),
      notify: async (_person, key, text) => void notices.push({ key, text }),
      heartbeat: () => undefined,
      signal: abort.signal,
      timings,
      ...(options.resolveDns === undefined ? {} : { resolveDns: options.resolveDns }),
    },
    account.id,
  );
  ended.catch(() => undefined);
  const stop = () => {
    abort.abort();
    return ended;
  };
  return {
    accountId: account.id,
    ended,
    arrived,
    notices,
    log,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop().catch(() => undefined)),
  };
}

/** All mails of an account, opened, in the order of their arrival. */
export async function inboxMails(store: Store, accountId: string): Promise<ParsedMail[]> {
  const rows = await store.db
    .select()
    .from(inbox)
    .where(eq(inbox.accountId, accountId))
    .orderBy(inbox.uid, inbox.receivedAt);
  return rows.map((row) => openMail(store.keys, row));
}

export async function accountRow(store: Store, accountId: string) {
  const [row] = await store.db.select().from(accounts).where(eq(accounts.id, accountId));
  if (row === undefined) throw new Error('no such account');
  return row;
}

/** Asks until the answer is defined and not false. @throws after 45 s, with what it waited for */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  for (let tries = 0; tries < 900; tries += 1) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}
