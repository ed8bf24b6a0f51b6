/**
 * The crash campaign of conversations, short: what is said on every channel whose server is here is answered once and in
 * order, while Steward, Temporal, Postgres and the far servers are killed. `npm run chaos -- --scenario channels` for more.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { installSynapse } from '../support/install-synapse.ts';
import { postfixMissing } from '../support/postfix.ts';
import { prosodyMissing } from '../support/prosody.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('a campaign of kills loses nothing, answers nothing twice and keeps the order', async () => {
  const missing = { xmpp: prosodyMissing(), matrix: await noSynapse(), mail: postfixMissing() };
  const over = ['api'];
  for (const [name, why] of Object.entries(missing)) {
    if (why === undefined) over.push(name);
    else console.log(`without ${name}: ${why}`);
  }
  const said = ['--over', over.join(','), '--seed', '3', '--kills', '5', '--messages', '80'];
  const child = spawn(process.execPath, ['test/chaos/run-chaos.ts', '--scenario', 'channels', ...said], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // What it started ends with it.
  onTestFinished(() => void child.kill('SIGTERM'));
  let out = '';
  let told = '';
  child.stdout.on('data', (bytes) => {
    out += bytes;
  });
  child.stderr.on('data', (bytes) => {
    told += bytes;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const line = out.split('\n').find((one) => one.startsWith('{'));
  expect(line, told).toBeDefined();
  console.log(line);
  const { verdicts } = JSON.parse(line!) as { verdicts: Record<string, object> };
  for (const name of over) expect(verdicts[name]).toMatchObject({ lost: [], twice: [], reordered: 0, invented: 0 });
  expect(code).toBe(0);
  // The campaign itself gives up after four minutes without an answer; a slow machine is not cut off.
}, 1_200_000);

const noSynapse = () =>
  installSynapse().then(
    () => undefined,
    (error: Error) => error.message,
  );
