import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { inspectProcess } from './inspect-process.ts';

/** Live processes whose working directory is the given one: every process of one Postgres cluster is such. */
export function processesIn(directory: string): number[] {
  return livePids().filter((pid) => attempt(() => readlinkSync(`/proc/${pid}/cwd`)) === directory);
}

/** Live processes that were started with this `NAME=value` in their environment; also what those have started. */
export function processesMarked(variable: string): number[] {
  const wanted = `\0${variable}\0`;
  return livePids().filter((pid) =>
    `\0${attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? ''}\0`.includes(wanted),
  );
}

function livePids(): number[] {
  return (attempt(() => readdirSync('/proc')) ?? [])
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && inspectProcess(pid) !== undefined);
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
