import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../schemas/clock.ts';
import { admitPeople } from '../../store/ensure-person.ts';
import { keyRing } from '../../store/keys/key-ring.ts';
import { readRootKeys } from '../../store/keys/root-key.ts';
import { openDatabase } from '../../store/open-database.ts';
import type { Store } from '../../store/store.ts';
import { readPorts } from '../../workers/home/choose-ports.ts';
import { readState } from '../../workers/home/home-state.ts';
import { homePlaces } from '../../workers/home/open-home.ts';
import { placeCluster } from '../../workers/home/place-cluster.ts';
import { postgresUrl } from '../../workers/home/start-postgres.ts';
import { dovecot, type TestDovecot } from '../support/dovecot.ts';
import { type SmtpSink, smtpSink } from '../support/smtp-faults.ts';

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** A whole Steward in a home of its own, with a real mail server on either side. */
export interface ChaosWorld extends AsyncDisposable {
  readonly home: string;
  readonly imap: TestDovecot;
  readonly smtp: SmtpSink;
  /** Pid of a part as the supervisor last wrote it, or undefined while it is down. */
  pidOf(part: 'steward' | 'temporal' | 'postgres'): number | undefined;
  /** The record, through a connection of the campaign's own; rejects while Postgres is away. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>;
}

/** Starts Steward through its own command line, with a mailbox and a digest trigger that settles after two seconds. */
export async function chaosWorld(options: { settle?: string; keep?: boolean } = {}): Promise<ChaosWorld> {
  const root = mkdtempSync(join(tmpdir(), 'steward-chaos-'));
  const home = homePlaces(root);
  const imap = await dovecot();
  const smtp = await smtpSink();
  for (const name of ['triggers', 'channels']) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, 'channels', 'box.yaml'), channelText(imap, smtp));
  writeFileSync(join(root, 'triggers', 'email-digest.yaml'), digestTrigger(options.settle ?? '2s'));
  const steward = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args], {
      env: { ...process.env, STEWARD_HOME: root, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  steward('up', '--detach');
  return {
    ...{ home: root, imap, smtp },
    pidOf: (part) => readState(home)?.parts.find((one) => one.name === part)?.pid,
    withStore: async (work) => {
      const url = postgresUrl({ port: readPorts(home.ports)!.postgres, password: placeCluster(home).password });
      const database = openDatabase(url, { max: 1 });
      try {
        const store: Store = { db: database.db, keys: keyRing(readRootKeys(home.rootKey)), clock: systemClock };
        await admitPeople(store);
        return await work(store);
      } finally {
        await database.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      steward('down');
      await smtp[Symbol.asyncDispose]();
      await imap[Symbol.asyncDispose]();
      if (options.keep !== true) rmSync(root, { recursive: true, force: true });
    },
  };
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
  tls: { ca: ${smtp.caFile}, serverName: mail.test }
`;

const digestTrigger = (settle: string) => `run: emailDigest
when: { mail: {}, settle: ${settle} }
deliver: [mail:me]
`;
