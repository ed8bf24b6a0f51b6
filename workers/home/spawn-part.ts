import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { StewardError } from '../../schemas/errors.ts';
import { stopProcess } from './stop-process.ts';

/** How a child ended: exit status or signal, whichever it was. */
export interface PartEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child that serves. */
export interface RunningPart {
  readonly pid: number;
  readonly ended: Promise<PartEnd>;
  /** Ends it in order, and by SIGKILL once the grace (milliseconds) has passed. May be repeated. */
  stop(graceMs: number): Promise<void>;
}

export interface PartCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Output is appended here, by the child itself: it outlives the one that started it. */
  readonly logFile: string;
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly stopSignal: NodeJS.Signals;
}

/**
 * Starts a child in a session of its own, so that Ctrl-C in a terminal reaches only the one who stops it in order.
 *
 * @throws childFailed when the program cannot be started
 * @throws diskFull when the log file cannot be opened for want of space
 */
export async function spawnPart(part: PartCommand): Promise<RunningPart> {
  const log = openLog(part.logFile);
  try {
    const child = spawn(part.command, part.args, {
      cwd: part.cwd,
      env: part.env,
      detached: true,
      stdio: ['ignore', log, log],
      ...(part.user ?? {}),
    });
    const ended = new Promise<PartEnd>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) =>
        reject(new StewardError('childFailed', `Cannot start ${part.name}: ${cause.message}`, { cause })),
      );
    });
    const pid = child.pid as number;
    const stop = async (graceMs: number) => {
      await stopProcess(pid, part.stopSignal, graceMs);
    };
    return { pid, ended, stop };
  } finally {
    closeSync(log);
  }
}

function openLog(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new StewardError('diskFull', `Cannot write ${path}: no space is left on the disk`, { cause });
    }
    throw cause;
  }
}
