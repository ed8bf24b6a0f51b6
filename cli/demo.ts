import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import PostalMime from 'postal-mime';
import { ownRequests } from '../schemas/protocol.ts';
import { readState } from '../workers/home/home-state.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { apiClient } from './api-client.ts';
import { demoMails } from './demo-mails.ts';
import { printResult } from './print.ts';
import { type Progress, startProgress } from './progress.ts';

const cli = fileURLToPath(new URL('./main.ts', import.meta.url));
const withinMs = 120_000;

const digestTrigger = `run: emailDigest
when: { schedule: "0 18 * * *" }
missed: { policy: latest }
deliver: [mail:demo]
`;

/** `steward demo`: a Maildir with made-up mail, a digest of it, and a kill -9 in the middle. In a home that is thrown away. */
export function register(program: Command): void {
  program
    .command('demo')
    .description('show a digest of made-up mail, made while the worker is killed; needs no account')
    .option('--keep', 'leave it running, to look at it in the Temporal UI')
    .option('--no-kill', 'do not kill the worker in the middle')
    .action(async (options: { keep?: true; kill: boolean }) => {
      const root = mkdtempSync(join(tmpdir(), 'steward-demo-'));
      const progress = await startProgress('Starting a Steward of its own for the demo');
      try {
        const shown = await runDemo(root, options.kill, progress);
        printResult({ home: root, ...shown }, () => describe(root, shown, options.keep === true));
      } finally {
        if (options.keep !== true) await throwAway(root);
      }
    });
}

interface Shown {
  readonly killed: number | undefined;
  readonly copies: number;
  readonly digest: string;
  readonly urls: Readonly<Record<string, string>>;
}

async function runDemo(root: string, kill: boolean, progress: Progress): Promise<Shown> {
  const box = makeHome(root);
  await steward(root, 'up', '--detach');
  const api = apiClient(root);
  // What lies in a mailbox before the first look is left alone, so the mails come after it.
  await until(async () => (await gauge(api, 'steward_mailboxes')) > 0);
  progress.step('Putting seven mails into its mailbox');
  const mails = putMails(box);
  await until(async () => (await gauge(api, 'steward_inbox_rows')) >= mails);
  progress.step('Asking for a digest');
  const { fireId } = await api.post<{ fireId: string }>('/api/v1/triggers/evening-digest/fire', {
    requestId: ownRequests.demo,
  });
  const killed = kill ? killWorker(root) : undefined;
  if (killed !== undefined) progress.step(`Killed the worker (kill -9 ${killed}); waiting for the digest all the same`);
  await until(async () => (await api.get<{ state: string }>(`/api/v1/fires/${fireId}`)).state !== 'open');
  progress.done();
  const digests = delivered(box);
  return {
    killed,
    copies: digests.length,
    digest: digests[0] === undefined ? 'There is no digest.' : ((await PostalMime.parse(digests[0])).text ?? ''),
    urls: readState(homePlaces(root))?.urls ?? {},
  };
}

/** A home with one Maildir and one trigger. @returns the Maildir */
function makeHome(root: string): string {
  const box = join(root, 'Mail');
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(box, part), { recursive: true });
  for (const folder of ['channels', 'triggers']) mkdirSync(join(root, folder));
  const channel = ['kind: maildir', 'addresses: [you@demo.example]', `path: ${box}`, 'readEvery: 1s', ''];
  writeFileSync(join(root, 'channels/demo.yaml'), channel.join('\n'));
  writeFileSync(join(root, 'triggers/evening-digest.yaml'), digestTrigger);
  return box;
}

/** As a delivery agent does: whole in tmp/, then moved. @source cr.yp.to/proto/maildir.html */
function putMails(box: string): number {
  const mails = demoMails(new Date());
  for (const [at, raw] of mails.entries()) {
    writeFileSync(join(box, 'tmp', `demo-${at}`), raw);
    renameSync(join(box, 'tmp', `demo-${at}`), join(box, 'new', `demo-${at}`));
  }
  return mails.length;
}

function killWorker(root: string): number | undefined {
  const pid = readState(homePlaces(root))?.parts.find((part) => part.name === 'steward')?.pid;
  if (pid !== undefined) process.kill(pid, 'SIGKILL');
  return pid;
}

const delivered = (box: string) =>
  ['new', 'cur']
    .flatMap((part) => readdirSync(join(box, part)).map((file) => readFileSync(join(box, part, file))))
    .filter((raw) => raw.includes('From: you@demo.example'));

async function gauge(api: ReturnType<typeof apiClient>, name: string): Promise<number> {
  const text = await api.getText('/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + withinMs;
  // While the worker is down nothing answers; that is what this demo is about.
  while (!(await look().catch(() => false))) {
    if (Date.now() > end) throw new Error(`The demo took longer than ${withinMs / 1000} s; see the logs in its home`);
    await sleep(200);
  }
}

async function steward(root: string, ...args: string[]): Promise<void> {
  const env = { ...process.env, STEWARD_HOME: root, NO_COLOR: '1' };
  await promisify(execFile)(process.execPath, [cli, ...args], { env });
}

async function throwAway(root: string): Promise<void> {
  await steward(root, 'down').catch(() => undefined);
  rmSync(root, { recursive: true, force: true });
}

function describe(root: string, { killed, copies, digest, urls }: Shown, kept: boolean): string {
  const kill = killed === undefined ? '' : `The worker was killed with kill -9 while this was made. `;
  return [
    digest.trimEnd(),
    '',
    `${kill}Copies in the mailbox: ${copies}.`,
    ...(kept
      ? [`It still runs: Temporal UI ${urls.temporalUi ?? ''}`, `End it with: steward down --home ${root}`]
      : []),
  ].join('\n');
}
