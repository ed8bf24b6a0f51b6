import { setTimeout as sleep } from 'node:timers/promises';
import { inspectProcess } from './inspect-process.ts';

/**
 * Asks a process to end, and makes it end once the grace has passed. Resolves when it is gone. May be repeated.
 *
 * @param graceMs - milliseconds between the signal and SIGKILL
 * @returns false when it had to be killed
 */
export async function stopProcess(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const first = inspectProcess(pid);
  if (first === undefined) return true;
  const lives = () => inspectProcess(pid)?.startTicks === first.startTicks;
  send(pid, signal);
  for (let waited = 0; waited < graceMs; waited += 20) {
    if (!lives()) return true;
    await sleep(20);
  }
  if (!lives()) return true;
  send(pid, 'SIGKILL');
  while (lives()) await sleep(20);
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}
