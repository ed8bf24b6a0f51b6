import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../schemas/clock.ts';
import { admitPeople } from '../../store/ensure-person.ts';
import { keyRing } from '../../store/keys/key-ring.ts';
import { readRootKeys } from '../../store/keys/root-key.ts';
import { openDatabase } from '../../store/open-database.ts';
import type { Store } from '../../store/store.ts';
import { type TestDovecot, dovecot } from '../support/dovecot.ts';
import { type SmtpSink, smtpSink } from './smtp-sink.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A whole Steward in a home of its own, with a real mail server on either side. */
export interface ChaosWorld extends AsyncDisposable {
  readonly home: string;
  readonly imap: TestDovecot;
  readonly smtp: SmtpSink;
  /** Pid of a part as the supervisor last wrote it, or undefined while it is down. */
  pidOf(part: string): number | undefined;
  /** The record, through a connection of the campaign's own; Postgres may be away. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

const env = (home: string) => ({ ...process.env, STEWARD_HOME: home, NO_COLOR: '1' });

/** Starts Steward through its own command line, with a mailbox and a digest trigger that settles after two seconds. */
export async function chaosWorld(): Promise<ChaosWorld> {
  const home = mkdtempSync(join(tmpdir(), 'steward-chaos-'));
  const imap = await dovecot();
  const smtp = await smtpSink({ caFolder: join(imap.folder, 'ca'), deliver: (raw) => imap.append('me@mail.test', raw) });
  for (const name of ['triggers', 'channels']) mkdirSync(join(home, name), { recursive: true });
  writeFileSync(join(home, 'channels', 'home.yaml'), channelText(imap, smtp));
  writeFileSync(join(home, 'triggers', 'email-digest.yaml'), digestTrigger);
  const steward = (...args: string[]) =>
    execFileSync(process.execPath, [join(root, 'cli/main.ts'), ...args], { env: env(home), stdio: ['ignore', 'ignore', 'inherit'] });
  steward('up', '--detach');
  return {
    home,
    imap,
    smtp,
    pidOf: (part) => {
      const { parts } = JSON.parse(readFileSync(join(home, 'data/state.json'), 'utf8')) as {
        parts: { name: string; pid?: number }[];
      };
      return parts.find((one) => one.name === part)?.pid;
    },
    withStore: (work) => withStore(home, work),
    [Symbol.asyncDispose]: async () => {
      steward('down');
      await smtp.close();
      await imap[Symbol.asyncDispose]();
      if (process.env.STEWARD_KEEP === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

async function withStore<T>(home: string, work: (store: Store) => Promise<T>): Promise<T> {
  const database = openDatabase(databaseUrl(home), { max: 1 });
  try {
    const store: Store = { db: database.db, keys: keyRing(readRootKeys(join(home, 'data/root-key'))), clock: systemClock };
    await admitPeople(store);
    return await work(store);
  } finally {
    await database.close();
  }
}

function databaseUrl(home: string): string {
  return execFileSync(process.execPath, [join(root, 'test/chaos/print-database-url.ts')], { env: env(home) }).toString().trim();
}

const channelText = (imap: TestDovecot, smtp: SmtpSink) => `kind: mail
addresses: [me@mail.test]
imap:
  host: 127.0.0.1
  port: ${imap.imapsPort}
  user: me@mail.test
  password: pw-me
  readEvery: 10s
  tls: { ca: ${imap.caFile}, serverName: mail.test }
smtp:
  host: 127.0.0.1
  port: ${smtp.port}
  user: me@mail.test
  password: pw-me
  tls: { ca: ${imap.caFile}, serverName: mail.test }
`;

const digestTrigger = `run: emailDigest
when: { mail: {}, settle: 2s }
deliver: [mail:me]
`;
