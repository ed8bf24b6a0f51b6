import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { findTemporal } from '../workers/home/find-temporal.ts';
import { freePorts } from '../workers/home/free-port.ts';

const hello = fileURLToPath(new URL('./hello/run-stock.ts', import.meta.url));

export interface StockHello {
  readonly toFirstActivityMs: { readonly p50: number; readonly p95: number; readonly n: number };
  readonly wholeMs: { readonly p50: number; readonly p95: number; readonly n: number };
  readonly cpuMsPerRun: { readonly node: number; readonly server: number };
  /** Seconds until the stock server answered. */
  readonly serverReadySeconds: number;
}

/** Hello workflows on a stock `temporal server start-dev`: as it comes, in memory. */
export async function runStockHello(runs: number): Promise<StockHello> {
  const program = await findTemporal(process.env, (line) => process.stderr.write(`${line}\n`));
  const [port] = (await freePorts(1)) as [number];
  const folder = mkdtempSync(join(tmpdir(), 'steward-stock-'));
  const began = performance.now();
  const server = spawn(program, ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', `${port}`], {
    cwd: folder,
    stdio: 'ignore',
  });
  try {
    const connection = await connect(`127.0.0.1:${port}`);
    const serverReadySeconds = Math.round(performance.now() - began) / 1000;
    await connection.close();
    const args = [hello, `127.0.0.1:${port}`, `${server.pid}`, `${runs}`];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 10_000_000 });
    return {
      ...(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<StockHello, 'serverReadySeconds'>),
      serverReadySeconds,
    };
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function connect(address: string): Promise<Connection> {
  for (let tries = 0; ; tries++) {
    try {
      return await Connection.connect({ address, connectTimeout: 500 });
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
