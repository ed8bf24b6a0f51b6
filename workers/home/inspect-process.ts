import { readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  /** Arguments as given, the program first. Empty where they cannot be read. */
  readonly command: readonly string[];
  /** Clock ticks after boot: with the pid it names one process for ever, also when the pid is used again. */
  readonly startTicks: string;
}

/**
 * Looks up a live process. A zombie counts as dead: it holds no port, file or lock any more, though a signal to it
 * succeeds for as long as its parent does not collect it.
 *
 * @returns undefined when no such process lives
 */
export function inspectProcess(pid: number): ProcessFacts | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, command: readCommand(pid), startTicks: fields[19] ?? '' };
  } catch {
    return signalReaches(pid) && process.platform !== 'linux' ? { pid, command: [], startTicks: '' } : undefined;
  }
}

function readCommand(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  } catch {
    return [];
  }
}

function signalReaches(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}
