import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureRootKeys } from '../store/keys/root-key.ts';

/** Steward's own process against a Temporal and a Postgres that run already: as a container starts it, one fire long. */
const root = resolve(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'steward-external-'));
const port = 20_000 + Math.floor(Math.random() * 12_000);
const token = randomBytes(24).toString('hex');

mkdirSync(join(home, 'triggers'), { recursive: true });
mkdirSync(join(home, 'data'), { mode: 0o700 });
writeFileSync(join(home, 'token'), token, { mode: 0o600 });
writeFileSync(
  join(home, 'triggers/hello.yaml'),
  'run: noop\nwhen: { schedule: "0 8 * * *" }\nmissed: { policy: none }\n',
);
ensureRootKeys(join(home, 'data/root-key'));

const child = spawn(process.execPath, ['workers/main.ts'], {
  cwd: root,
  env: {
    ...process.env,
    STEWARD_HOME: home,
    STEWARD_API_PORT: `${port}`,
    STEWARD_API_TOKEN_FILE: join(home, 'token'),
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
const exited = once(child, 'exit');
let said = '';
for (const stream of [child.stdout, child.stderr]) {
  stream.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
}

const ask = (path: string, method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: '{"requestId":"check"}' } : {}),
  });

/** Asks until the answer is there, for 60 s at most. */
async function until<T>(what: string, question: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const answer = await question().catch(() => undefined);
    if (answer !== undefined) return answer;
    await sleep(200);
  }
  throw new Error(`Steward has no ${what}\n${said.slice(-3_000)}`);
}

try {
  await until('readiness', async () => ((await ask('/readyz')).ok ? true : undefined));
  const { fireId } = (await (await ask('/api/v1/triggers/hello/fire', 'POST')).json()) as { fireId: string };
  const state = await until('ended fire', async () => {
    const fire = (await (await ask(`/api/v1/fires/${fireId}`)).json()) as { state: string };
    return fire.state === 'open' ? undefined : fire.state;
  });
  child.kill('SIGTERM');
  const [code] = (await exited) as [number | null];
  console.log(`steward: ready, fire ${state}, stopped with exit code ${code}`);
  if (state !== 'ran' || code !== 0) throw new Error(`Expected ran and 0\n${said.slice(-3_000)}`);
} finally {
  if (child.exitCode === null) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
}
