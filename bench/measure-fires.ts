import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { quantiles } from './quantiles.ts';
import type { BenchHome, EndedFire } from './steward-home.ts';
import type { StockHello } from './stock-server.ts';

const warmUp = 20;
const never = '{ schedule: "0 0 1 1 *", timezone: UTC }';
const round = (value: number) => Math.round(value * 1000) / 1000;

/**
 * No-op fires by hand, one after the other. Both stamps are the ledger's: accepted before the row is written, ended
 * when the local activity of the ending runs, which is the first activity of such a run and also its last step.
 */
export async function measureFires(home: BenchHome, stock: StockHello, runs: number) {
  home.write('triggers/bench-noop.yaml', `run: noop\nwhen: ${never}\nmissed: { policy: none }\noverlap: allow\n`);
  await sleep(2_000);
  const stamp = Date.now();
  for (let at = 0; at < warmUp; at++) await home.fire('bench-noop', `warm-${stamp}-${at}`);
  const idleCpuMsPerSecond = await idleCpu(home, 10_000);
  const cpuBefore = home.cpuMs();
  const began = performance.now();
  const fires: EndedFire[] = [];
  for (let at = 0; at < runs; at++) fires.push(await home.fire('bench-noop', `run-${stamp}-${at}`));
  const seconds = (performance.now() - began) / 1000;
  const cpuMsPerFire = (home.cpuMs() - cpuBefore) / runs;
  const acceptedToActivityMs = quantiles(fires.map((fire) => Date.parse(fire.endedAt) - Date.parse(fire.acceptedAt)));
  const stockCpu = stock.cpuMsPerRun.node + stock.cpuMsPerRun.server;
  return {
    ...{ acceptedToActivityMs, cpuMsPerFire: round(cpuMsPerFire), idleCpuMsPerSecond: round(idleCpuMsPerSecond) },
    cpuMsPerFireWithoutIdle: round(cpuMsPerFire - (idleCpuMsPerSecond * seconds) / runs),
    ratios: {
      p50ToFirstActivity: round(acceptedToActivityMs.p50 / stock.toFirstActivityMs.p50),
      p50WholeFire: round(acceptedToActivityMs.p50 / stock.wholeMs.p50),
      cpu: round(cpuMsPerFire / stockCpu),
    },
  };
}

/** A schedule that fires each second: wake, slot, row, run and ending. */
export async function measureSchedule(home: BenchHome, stock: StockHello) {
  const seconds = 60;
  const idleCpuMsPerSecond = await idleCpu(home, 10_000);
  home.write(
    'triggers/bench-tick.yaml',
    'run: noop\nwhen: { schedule: "* * * * * *", timezone: UTC }\nmissed: { policy: all }\noverlap: allow\n',
  );
  await sleep(5_000);
  const cpuBefore = home.cpuMs();
  const partsBefore = home.cpuMsByPart();
  const from = Date.now();
  await sleep(seconds * 1_000);
  const cpuMs = home.cpuMs() - cpuBefore;
  const parts = Object.entries(home.cpuMsByPart()).map(([name, ms]) => [
    name,
    round((ms - (partsBefore[name] ?? 0)) / seconds),
  ]);
  const to = Date.now();
  home.write(
    'triggers/bench-tick.yaml',
    'enabled: false\nrun: noop\nwhen: { schedule: "* * * * * *", timezone: UTC }\nmissed: { policy: all }\n',
  );
  await sleep(3_000);
  const { fires } = await home.api.get<{ fires: EndedFire[] }>('/api/v1/fires?trigger=bench-tick&limit=200');
  const ended = fires.filter((fire) => Date.parse(fire.dueAt) >= from && Date.parse(fire.dueAt) < to);
  const cpuMsPerFire = cpuMs / Math.max(1, ended.length);
  return {
    ...{ fires: ended.length, cpuMsPerFire: round(cpuMsPerFire), idleCpuMsPerSecond: round(idleCpuMsPerSecond) },
    cpuMsPerSecondByPart: Object.fromEntries(parts) as Record<string, number>,
    dueToAcceptedMs: quantiles(ended.map((fire) => Date.parse(fire.acceptedAt) - Date.parse(fire.dueAt))),
    cpuRatio: round(cpuMsPerFire / (stock.cpuMsPerRun.node + stock.cpuMsPerRun.server)),
  };
}

/** From the accepted fire to the report's file in a Maildir on the same disk. */
export async function measureReport(home: BenchHome, runs: number) {
  const box = join(home.root, 'Sink');
  for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(box, part), { recursive: true });
  home.write('channels/sink.yaml', `kind: maildir\naddresses: [me@bench.example]\npath: ${box}\nreadEvery: 1h\n`);
  home.write(
    'triggers/bench-report.yaml',
    `run: morningReport\nwhen: ${never}\nmissed: { policy: none }\noverlap: allow\ndeliver: [mail:sink]\n`,
  );
  await sleep(4_000);
  const known = new Set<string>();
  const files = () => readdirSync(join(box, 'new')).filter((name) => !known.has(name));
  const waits: number[] = [];
  for (let at = 0; at < runs; at++) {
    const fire = await home.fire('bench-report', `report-${Date.now()}-${at}`);
    const [file] = files();
    if (file === undefined) throw new Error(`Report ${fire.id} left no file in the Maildir`);
    known.add(file);
    waits.push(statSync(join(box, 'new', file)).mtimeMs - Date.parse(fire.acceptedAt));
  }
  return { acceptedToDeliveredMs: quantiles(waits.map(Math.round)) };
}

async function idleCpu(home: BenchHome, forMs: number): Promise<number> {
  await sleep(1_000);
  const before = home.cpuMs();
  await sleep(forMs);
  return (home.cpuMs() - before) / (forMs / 1000);
}
