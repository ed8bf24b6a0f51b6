import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../workers/home/free-port.ts';
import { installSynapse } from './install-synapse.ts';

/** An account of the test's homeserver, with one device. */
export interface SynapseUser {
  readonly userId: string;
  readonly token: string;
}

/** A real Synapse on loopback, with SQLite. */
export interface TestSynapse extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  register(name: string): Promise<SynapseUser>;
  /** SIGKILL of the whole process group. */
  kill(): Promise<void>;
  /** Starts again on the same port and data, after `kill`. */
  restart(): Promise<void>;
  log(): string;
}

const secret = 'shared-secret-of-a-test';

/** Starts one. @throws Error with the reason where there is no Synapse and none can be installed */
export async function synapse(): Promise<TestSynapse> {
  const python = await installSynapse();
  const folder = mkdtempSync(join(tmpdir(), 'steward-synapse-'));
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const config = writeConfig(folder, port);
  const args = ['-m', 'synapse.app.homeserver', '-c', config];
  execFileSync(python, [...args, '--generate-keys'], { cwd: folder, stdio: 'ignore' });
  const log = () => (existsSync(join(folder, 'out.log')) ? readFileSync(join(folder, 'out.log'), 'utf8') : '');

  let child: ChildProcess | undefined;
  let exited: Promise<unknown> = Promise.resolve();
  const start = async () => {
    const out = openSync(join(folder, 'out.log'), 'a');
    const started = spawn(python, args, { cwd: folder, detached: true, stdio: ['ignore', out, out] });
    closeSync(out);
    started.unref();
    child = started;
    exited = new Promise((resolve) => started.once('exit', resolve));
    await answered(url, started, log);
  };
  const signal = (name: NodeJS.Signals) => {
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-child.pid, name);
  };
  const kill = async () => {
    child?.ref();
    signal('SIGKILL');
    await exited;
  };
  const onExit = () => signal('SIGKILL');
  process.once('exit', onExit);
  const dispose = async () => {
    await kill();
    process.off('exit', onExit);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    port,
    register: (name) => register(url, name),
    kill,
    restart: start,
    log,
    [Symbol.asyncDispose]: dispose,
  };
}

/** JSON is YAML too. */
function writeConfig(folder: string, port: number): string {
  const often = { per_second: 10_000, burst_count: 10_000 };
  mkdirSync(join(folder, 'media'));
  const logging = join(folder, 'log.json');
  const handlers = { err: { class: 'logging.StreamHandler' } };
  const root = { level: 'WARNING', handlers: ['err'] };
  writeFileSync(logging, JSON.stringify({ version: 1, handlers, root, disable_existing_loggers: false }));
  const path = join(folder, 'homeserver.json');
  const resources = [{ names: ['client'], compress: false }];
  const content = {
    ...{ server_name: 'matrix.test', public_baseurl: `http://127.0.0.1:${port}/`, report_stats: false },
    pid_file: join(folder, 'synapse.pid'),
    listeners: [{ port, type: 'http', tls: false, bind_addresses: ['127.0.0.1'], resources }],
    database: { name: 'sqlite3', args: { database: join(folder, 'homeserver.db') } },
    ...{ log_config: logging, media_store_path: join(folder, 'media'), signing_key_path: join(folder, 'signing.key') },
    ...{ registration_shared_secret: secret, macaroon_secret_key: `m-${secret}`, form_secret: `f-${secret}` },
    ...{ enable_registration: false, url_preview_enabled: false, presence: { enabled: false }, bcrypt_rounds: 4 },
    ...{ trusted_key_servers: [], suppress_key_server_warning: true, federation_domain_whitelist: [] },
    ...{
      rc_message: often,
      rc_registration: often,
      rc_room_creation: often,
      rc_joins: { local: often, remote: often },
    },
    rc_login: { address: often, account: often, failed_attempts: often },
    rc_invites: { per_room: often, per_user: often, per_issuer: often },
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** @source element-hq.github.io/synapse/latest/admin_api/register_api.html */
async function register(url: string, name: string): Promise<SynapseUser> {
  const at = `${url}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(at)).json()) as { nonce: string };
  const password = `pw-${name}`;
  const mac = createHmac('sha1', secret).update([nonce, name, password, 'notadmin'].join('\0')).digest('hex');
  const answer = await fetch(at, {
    method: 'POST',
    body: JSON.stringify({ nonce, username: name, password, admin: false, mac }),
  });
  if (!answer.ok) throw new Error(`${name} was not registered: ${await answer.text()}`);
  const { user_id: userId, access_token: token } = (await answer.json()) as { user_id: string; access_token: string };
  return { userId, token };
}

async function answered(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 1_200; tries += 1) {
    if (child.exitCode !== null) throw new Error(`Synapse ended with ${child.exitCode}: ${log().slice(-2_000)}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error(`Synapse did not answer: ${log().slice(-2_000)}`);
}
