import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporal } from '../workers/home/find-temporal.ts';
import { freePorts } from '../workers/home/free-port.ts';
import type { BenchHome } from './steward-home.ts';

/** `up` on a home that has run before, three times, beside what Temporal with a database file alone takes. */
export async function measureStart(home: BenchHome) {
  const warm = [];
  for (let at = 0; at < 3; at++) {
    home.down();
    warm.push(home.up());
  }
  const parts = JSON.parse(readFileSync(join(home.root, 'data/state.json'), 'utf8')) as {
    startedAt: string;
    parts: { name: string; since: string }[];
  };
  return {
    warmSeconds: warm,
    readyAfterSeconds: Object.fromEntries(
      parts.parts.map(({ name, since }) => [name, (Date.parse(since) - Date.parse(parts.startedAt)) / 1000]),
    ),
    stockTemporalSeconds: await stockTemporal(),
  };
}

async function stockTemporal(): Promise<number> {
  const program = await findTemporal(process.env, () => undefined);
  const [port] = (await freePorts(1)) as [number];
  const folder = mkdtempSync(join(tmpdir(), 'steward-stock-'));
  const began = performance.now();
  const server = spawn(
    program,
    ['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${port}`, '--db-filename', join(folder, 'x.db')],
    { cwd: folder, stdio: 'ignore' },
  );
  try {
    while (!(await open(port))) await sleep(20);
    return Math.round(performance.now() - began) / 1000;
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

function open(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.unref();
    setTimeout(() => socket.destroy(), 1_000).unref();
  });
}
