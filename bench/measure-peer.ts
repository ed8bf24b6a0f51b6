import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../workers/home/free-port.ts';
import { memoryOf, processTree } from './pss.ts';
import { benchHome, summarise } from './steward-home.ts';

const peer = 'openclaw@2026.9.6';
const settleMs = 10_000;
const rounds = 3;

/**
 * OpenClaw's gateway beside Steward, both without an account: seconds until HTTP answers, memory ten seconds later,
 * size on disk; by one script on one machine.
 *
 * @param folder - where the peer is installed already; it is installed into a temporary folder when left out
 */
export async function measurePeer(folder: string | undefined, say: (words: string) => void) {
  const root = folder ?? mkdtempSync(join(tmpdir(), 'steward-peer-'));
  if (!existsSync(join(root, 'node_modules/openclaw'))) {
    say(`installing ${peer}`);
    writeFileSync(join(root, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', peer, '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: 'ignore',
    });
  }
  const gateways = [];
  for (let at = 0; at < rounds; at++) {
    say(`${peer}, start ${at + 1}`);
    gateways.push(await startGateway(root));
  }
  const stewards = [];
  using home = benchHome();
  say('Steward, a first start, and then warm ones');
  home.up();
  for (let at = 0; at < rounds; at++) {
    home.down();
    const { supervisor } = home.up();
    await sleep(settleMs);
    const { pssMib, rssSumMib } = summarise(home.memory());
    stewards.push({ readySeconds: supervisor, pssMib, rssSumMib });
  }
  const installedMb = Number(
    execFileSync('du', ['-sm', join(root, 'node_modules')])
      .toString()
      .split('\t')[0],
  );
  if (folder === undefined) rmSync(root, { recursive: true, force: true });
  return { peer: { name: peer, installedMb, starts: gateways }, steward: { starts: stewards } };
}

async function startGateway(root: string) {
  const state = mkdtempSync(join(tmpdir(), 'steward-peer-home-'));
  const [port] = (await freePorts(1)) as [number];
  const began = performance.now();
  const gateway = spawn(
    process.execPath,
    [
      join(root, 'node_modules/openclaw/openclaw.mjs'),
      'gateway',
      '--allow-unconfigured',
      '--bind',
      'loopback',
      '--token',
      'bench-only',
      '--port',
      `${port}`,
    ],
    { cwd: state, env: { ...process.env, HOME: state, OPENCLAW_STATE_DIR: state }, stdio: 'ignore' },
  );
  try {
    while (!(await answers(port))) {
      if (gateway.exitCode !== null || performance.now() - began > 120_000)
        throw new Error('The gateway did not start');
      await sleep(50);
    }
    const readySeconds = Math.round(performance.now() - began) / 1000;
    await sleep(settleMs);
    const processes = processTree(gateway.pid!).flatMap((pid) => memoryOf(pid) ?? []);
    const { pssMib, rssSumMib } = summarise(processes);
    return { readySeconds, pssMib, rssSumMib, processes: processes.length };
  } finally {
    for (const pid of processTree(gateway.pid!).toReversed()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    rmSync(state, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.status < 500;
  } catch {
    return false;
  }
}
