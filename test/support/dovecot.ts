import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { freePorts } from '../../workers/home/free-port.ts';
import { type DovecotPlace, dovecotConfig } from './dovecot-config.ts';
import { throwawayCa } from './throwaway-ca.ts';

export interface ListedMail {
  readonly uid: number;
  readonly messageId: string | undefined;
  readonly flags: readonly string[];
}

/** A real Dovecot on loopback. Usable in tests, campaigns and benchmarks alike. */
export interface TestDovecot extends AsyncDisposable {
  readonly host: '127.0.0.1';
  /** STARTTLS. */
  readonly imapPort: number;
  /** TLS from the first byte. */
  readonly imapsPort: number;
  readonly caFile: string;
  readonly folder: string;
  addUser(user: string, password: string): void;
  /** Puts a mail into INBOX as a delivery agent does; one process a mail. */
  deliver(user: string, raw: string | Buffer): Promise<void>;
  /** Puts a mail anywhere over one kept IMAP connection; the fast way for many. @returns its UID */
  append(
    user: string,
    raw: string | Buffer,
    options?: { mailbox?: string; flags?: string[]; date?: Date },
  ): Promise<number>;
  list(user: string, mailbox?: string): Promise<ListedMail[]>;
  /** Whole mails in the order of their arrival. */
  read(user: string): Promise<{ readonly messageId: string; readonly raw: string }[]>;
  setUidValidity(user: string, value: number, mailbox?: string): void;
  remove(user: string, uid: number, mailbox?: string): void;
  /** SIGKILL of the whole process group: every session is cut at once. */
  kill(): Promise<void>;
  /** SIGSTOP of the whole group: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts again on the same ports and mail, after `kill`. */
  restart(): Promise<void>;
  log(): string;
}

/** Starts a Dovecot with users `me@mail.test` (password `pw-me`) and whoever is named. @param options.tls - false for a server without TLS */
export async function dovecot(
  options: { users?: Readonly<Record<string, string>>; tls?: boolean; forPostfix?: DovecotPlace['forPostfix'] } = {},
): Promise<TestDovecot> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-dovecot-'));
  const root = process.getuid?.() === 0;
  const run = root ? accountOf('nobody') : accountOf(String(process.getuid?.()));
  const [imapPort = 0, imapsPort = 0] = await freePorts(2);
  const ca = throwawayCa(join(folder, 'ca'));
  for (const name of ['run', 'state', 'mail']) mkdirSync(join(folder, name));
  const users = new Map(Object.entries({ 'me@mail.test': 'pw-me', ...options.users }));
  writeFileSync(
    join(folder, 'users'),
    [...users].map(([user, password]) => `${user}:{PLAIN}${password}::::::\n`).join(''),
  );
  const config = join(folder, 'dovecot.conf');
  const tls = options.tls === false ? {} : { tls: ca };
  const postfix = options.forPostfix === undefined ? {} : { forPostfix: options.forPostfix };
  writeFileSync(
    config,
    dovecotConfig({ folder, user: run.name, group: run.group, imapPort, imapsPort, ...tls, ...postfix }),
  );
  if (root) execFileSync('chown', ['-R', `${run.name}:${run.group}`, folder]);
  const asUser = root ? { uid: run.uid, gid: run.gid } : {};
  const doveadm = (args: string[], input?: string | Buffer) =>
    execFileSync('doveadm', ['-c', config, ...args], {
      input: input ?? '',
      ...asUser,
      stdio: ['pipe', 'pipe', 'pipe'],
    });

  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const startOnce = async () => {
    // Left behind by SIGKILL.
    rmSync(join(folder, 'run/master.pid'), { force: true });
    const started = spawn('/usr/sbin/dovecot', ['-F', '-c', config], { detached: true, stdio: 'ignore', ...asUser });
    started.unref();
    child = started;
    exited = new Promise((resolve) => started.once('exit', resolve));
    await greeted(imapPort, started, () => readLog(folder));
  };
  const start = async () => {
    // Killed processes of the old group hold the ports for some moments yet.
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        return await startOnce();
      } catch (error) {
        if (child?.exitCode === null || tries === 19) throw error;
        await sleep(100);
      }
    }
  };
  const signal = (name: NodeJS.Signals) => {
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, name);
  };
  const controls = new Map<string, Promise<ImapFlow>>();
  const control = async (user: string): Promise<ImapFlow> => {
    const kept = await controls.get(user)?.catch(() => undefined);
    if (kept?.usable === true) return kept;
    const opening = openControl(imapPort, user, users.get(user) ?? '', options.tls !== false);
    controls.set(user, opening);
    return opening;
  };
  const closeControls = async () => {
    for (const opening of controls.values()) (await opening.catch(() => undefined))?.close();
    controls.clear();
  };
  const kill = async () => {
    await closeControls();
    child?.ref();
    signal('SIGKILL');
    await exited;
  };
  const onExit = () => signal('SIGKILL');
  process.once('exit', onExit);
  await start();

  return {
    host: '127.0.0.1',
    imapPort,
    imapsPort,
    caFile: ca.caFile,
    folder,
    addUser: (user, password) => {
      users.set(user, password);
      appendFileSync(join(folder, 'users'), `${user}:{PLAIN}${password}::::::\n`);
    },
    deliver: async (user, raw) => {
      doveadm(['save', '-u', user], raw);
    },
    append: async (user, raw, to = {}) => {
      const client = await control(user);
      const made = await client.append(to.mailbox ?? 'INBOX', raw, to.flags ?? [], to.date);
      if (made === false || made.uid === undefined) throw new Error('APPEND was refused');
      return made.uid;
    },
    list: async (user, mailbox = 'INBOX') => {
      const client = await control(user);
      await client.mailboxOpen(mailbox, { readOnly: true });
      const listed: ListedMail[] = [];
      for await (const found of client.fetch('1:*', { uid: true, flags: true, envelope: true })) {
        listed.push({ uid: found.uid, messageId: found.envelope?.messageId, flags: [...(found.flags ?? [])] });
      }
      await client.mailboxClose();
      return listed;
    },
    read: async (user) => {
      const client = await control(user);
      await client.mailboxOpen('INBOX', { readOnly: true });
      const mails: { messageId: string; raw: string }[] = [];
      for await (const found of client.fetch('1:*', { uid: true, envelope: true, source: true })) {
        mails.push({ messageId: found.envelope?.messageId ?? '', raw: found.source?.toString('utf8') ?? '' });
      }
      await client.mailboxClose();
      return mails;
    },
    setUidValidity: (user, value, mailbox = 'INBOX') => {
      doveadm(['mailbox', 'update', '-u', user, '--uid-validity', String(value), mailbox]);
    },
    remove: (user, uid, mailbox = 'INBOX') => {
      doveadm(['expunge', '-u', user, 'mailbox', mailbox, 'uid', String(uid)]);
    },
    kill,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    restart: start,
    log: () => readLog(folder),
    [Symbol.asyncDispose]: async () => {
      signal('SIGCONT');
      await kill();
      process.off('exit', onExit);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function accountOf(name: string): { name: string; group: string; uid: number; gid: number } {
  const number = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  const word = (flag: string) => execFileSync('id', [flag, name], { encoding: 'utf8' }).trim();
  return { name: word('-un'), group: word('-gn'), uid: number('-u'), gid: number('-g') };
}

const readLog = (folder: string) => {
  const path = join(folder, 'dovecot.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

async function openControl(port: number, user: string, pass: string, tls: boolean): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: '127.0.0.1',
    port,
    secure: false,
    doSTARTTLS: tls,
    // The authority is made for this one run; only the session under test checks it.
    tls: { rejectUnauthorized: false },
    auth: { user, pass },
    logger: false,
    disableAutoIdle: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** An open port is not yet a server: waits for the greeting. */
async function greeted(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`dovecot ended with ${child.exitCode}: ${log()}`);
    const greeting = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      const end = (text: string) => {
        socket.destroy();
        resolve(text);
      };
      socket.once('data', (data) => end(data.toString()));
      socket.once('error', () => end(''));
      socket.setTimeout(2_000, () => end(''));
    });
    if (greeting.startsWith('* OK')) return;
    await sleep(50);
  }
  throw new Error(`dovecot did not greet on port ${port}: ${log()}`);
}
