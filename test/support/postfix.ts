import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../workers/home/free-port.ts';
import { throwawayCa } from './throwaway-ca.ts';

const master = '/usr/lib/postfix/sbin/master';

/** Why no Postfix can run here; undefined where one can. */
export const postfixMissing = (): string | undefined =>
  !existsSync(master) ? 'postfix is not installed' : process.getuid?.() === 0 ? undefined : 'postfix needs root';

/** A real Postfix on loopback that delivers by LMTP and takes mail for `mail.test` alone. */
export interface TestPostfix extends AsyncDisposable {
  /** Takes mail for its own domain from anybody. */
  readonly smtpPort: number;
  /** TLS from the first byte, and a login. */
  readonly smtpsPort: number;
  readonly caFile: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  log(): string;
}

/** Starts a Postfix beside a Dovecot, in a folder and a process group of its own. @source postfix.org/postconf.5.html */
export async function postfix({ lmtpPort, saslPort }: { lmtpPort: number; saslPort: number }): Promise<TestPostfix> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-postfix-'));
  execFileSync('chmod', ['755', folder]);
  const [smtpPort = 0, smtpsPort = 0] = await freePorts(2);
  const ca = throwawayCa(join(folder, 'ca'));
  for (const name of ['etc', 'queue', 'lib']) mkdirSync(join(folder, name));
  execFileSync('chown', ['postfix', join(folder, 'lib')]);
  writeFileSync(
    join(folder, 'etc/main.cf'),
    mainCf({ folder, lmtpPort, saslPort, cert: ca.certFile, key: ca.keyFile }),
  );
  writeFileSync(join(folder, 'etc/master.cf'), masterCf(smtpPort, smtpsPort));
  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const start = async () => {
    rmSync(join(folder, 'queue/pid/master.pid'), { force: true });
    execFileSync('postfix', ['-c', join(folder, 'etc'), 'check'], { stdio: 'pipe' });
    const started = spawn(master, ['-c', join(folder, 'etc'), '-d'], { detached: true, stdio: 'ignore' });
    started.unref();
    child = started;
    exited = new Promise((resolve) => started.once('exit', resolve));
    for (let tries = 0; tries < 200; tries += 1) {
      if (started.exitCode !== null) throw new Error(`Postfix ended: ${readLog(folder)}`);
      if (await answers(smtpPort)) return;
      await sleep(100);
    }
    throw new Error(`Postfix did not start: ${readLog(folder)}`);
  };
  const signal = () => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, 'SIGKILL');
  };
  const kill = async () => {
    child?.ref();
    signal();
    await exited;
  };
  process.once('exit', signal);
  await start();
  return {
    ...{ smtpPort, smtpsPort, caFile: ca.caFile, kill, restart: start, log: () => readLog(folder) },
    [Symbol.asyncDispose]: async () => {
      await kill();
      process.off('exit', signal);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const readLog = (folder: string) => {
  const path = join(folder, 'postfix.log');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', (greeting) => {
      socket.end('QUIT\r\n');
      resolve(greeting.toString().startsWith('220'));
    });
    socket.once('error', () => resolve(false));
    socket.setTimeout(2_000, () => {
      socket.destroy();
      resolve(false);
    });
  });
}

interface MainCf {
  readonly folder: string;
  readonly lmtpPort: number;
  readonly saslPort: number;
  readonly cert: string;
  readonly key: string;
}

/** One mail at a time goes to the box, so that what was taken first arrives first. */
const mainCf = ({ folder, lmtpPort, saslPort, cert, key }: MainCf) => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/lib
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/postfix.log
maillog_file_prefixes = ${folder}
myhostname = mail.test
mydomain = mail.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
virtual_mailbox_domains = mail.test
virtual_transport = lmtp:inet:127.0.0.1:${lmtpPort}
default_transport = error:5.1.1 no outside mail from this test server
alias_maps =
alias_database =
local_recipient_maps =
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
biff = no
enable_long_queue_ids = yes
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${cert}
smtpd_tls_key_file = ${key}
smtpd_tls_session_cache_database =
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${saslPort}
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
recipient_delimiter = +
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
default_destination_concurrency_limit = 1
initial_destination_concurrency = 1
virtual_mailbox_limit = 0
`;

const masterCf = (smtpPort: number, smtpsPort: number) => `
127.0.0.1:${smtpPort} inet n - n - - smtpd
127.0.0.1:${smtpsPort} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`;
