import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../workers/home/free-port.ts';
import { throwawayCa } from './throwaway-ca.ts';

/** The one domain of the test server. Nobody resolves it: a channel file names host and port. */
export const xmppDomain = 'xmpp.test';
export const xmppRooms = `rooms.${xmppDomain}`;

/** A real Prosody on loopback. */
export interface TestProsody extends AsyncDisposable {
  readonly host: '127.0.0.1';
  /** STARTTLS, which it demands. */
  readonly port: number;
  /** TLS from the first byte. */
  readonly tlsPort: number;
  readonly caFile: string;
  /** Takes away what the archive of a user holds; the server has to be down. */
  forgetArchive(user: string): void;
  /** SIGKILL of the whole process group: every connection is cut at once. */
  kill(): Promise<void>;
  /** SIGSTOP of the whole group: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts again on the same ports and data, after `kill`. */
  restart(): Promise<void>;
  log(): string;
}

/** Why there is no Prosody on this machine; undefined where there is one. */
export function prosodyMissing(): string | undefined {
  const found = spawnSync('prosodyctl', ['check', 'nothing'], { stdio: 'ignore' });
  return found.error === undefined ? undefined : 'prosody is not on PATH';
}

/** Starts a Prosody with the named users of `xmpp.test`; the password of each is `pw-` and the name. */
export async function prosody(users: readonly string[]): Promise<TestProsody> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-prosody-'));
  const root = process.getuid?.() === 0;
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const ca = throwawayCa(join(folder, 'ca'));
  mkdirSync(join(folder, 'store'));
  const config = join(folder, 'prosody.cfg.lua');
  writeFileSync(config, configOf({ folder, port, tlsPort, key: ca.keyFile, certificate: ca.certFile }));
  const nobody = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  const asUser = root ? { uid: nobody('-u'), gid: nobody('-g') } : {};
  if (root) execFileSync('chown', ['-R', `${asUser.uid}:${asUser.gid}`, folder]);
  const options = { ...asUser, cwd: folder, env: { ...process.env, HOME: folder } };
  for (const user of users) {
    execFileSync('prosodyctl', ['--config', config, 'register', user, xmppDomain, `pw-${user}`], {
      ...options,
      stdio: 'pipe',
    });
  }

  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const signal = (name: NodeJS.Signals) => {
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, name);
  };
  const start = async () => {
    rmSync(join(folder, 'prosody.pid'), { force: true });
    const started = spawn('prosody', ['--config', config, '-F'], { ...options, detached: true, stdio: 'ignore' });
    started.unref();
    child = started;
    exited = new Promise((resolve) => started.once('exit', resolve));
    for (const each of [port, tlsPort]) await listening(each, started, () => readLog(folder));
  };
  const kill = async () => {
    child?.ref();
    signal('SIGKILL');
    await exited;
  };
  const onExit = () => signal('SIGKILL');
  process.once('exit', onExit);
  await start();

  return {
    host: '127.0.0.1',
    port,
    tlsPort,
    caFile: ca.caFile,
    forgetArchive: (user) => {
      const at = join(folder, 'store', encodeURIComponent(xmppDomain).replaceAll('.', '%2e'), 'archive');
      for (const end of ['list', 'lidx']) rmSync(join(at, `${user}.${end}`), { force: true });
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

interface ProsodyPlace {
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly key: string;
  readonly certificate: string;
}

const configOf = ({ folder, port, tlsPort, key, certificate }: ProsodyPlace) => `
daemonize = false
pidfile = "${folder}/prosody.pid"
data_path = "${folder}/store"
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
network_backend = "epoll"
use_ipv6 = false
c2s_ports = { ${port} }
c2s_direct_tls_ports = { ${tlsPort} }
modules_enabled = { "roster"; "saslauth"; "tls"; "disco"; "carbons"; "pep"; "blocklist"; "ping"; "smacks"; "mam"; "offline"; "posix" }
modules_disabled = { "s2s" }
allow_registration = false
c2s_require_encryption = true
authentication = "internal_hashed"
storage = "internal"
archive_expires_after = "never"
default_archive_policy = true
max_archive_query_results = 50
limits = { }
ssl = { key = "${key}"; certificate = "${certificate}" }
log = { info = "${folder}/prosody.log" }
VirtualHost "${xmppDomain}"
Component "${xmppRooms}" "muc"
  modules_enabled = { "muc_mam" }
  restrict_room_creation = false
  muc_room_locking = false
  muc_log_by_default = true
  muc_room_default_public_jids = true
  muc_room_default_persistent = true
`;

const readLog = (folder: string) => {
  const path = join(folder, 'prosody.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

async function listening(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (child.exitCode !== null) throw new Error(`prosody ended with ${child.exitCode}: ${log()}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`prosody does not listen on port ${port}: ${log()}`);
}
