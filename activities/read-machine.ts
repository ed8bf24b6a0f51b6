import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';

/** What this machine is, as figures; injected in tests. */
export interface MachineFigures {
  /** 0 to 100, of the disk that holds the data. */
  readonly diskFreePercent: number;
  /** 0 to 100, of all memory that could be had now. */
  readonly memoryFreePercent: number;
  /** Runnable tasks a core, over five minutes. */
  readonly loadPerCore: number;
}

/** Reads the figures of this machine. @param dataPath - a path on the disk that holds the data */
export async function readMachine(dataPath: string): Promise<MachineFigures> {
  const disk = await statfs(dataPath);
  return {
    diskFreePercent: disk.blocks === 0 ? 100 : (disk.bavail / disk.blocks) * 100,
    memoryFreePercent: ((await availableBytes()) / totalmem()) * 100,
    loadPerCore: (loadavg()[1] ?? 0) / availableParallelism(),
  };
}

/** `MemFree` leaves out what the kernel would give back at once. @source proc_meminfo(5) */
async function availableBytes(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(text)?.[1];
  return kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
}
