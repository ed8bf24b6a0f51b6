import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ApiClient, apiClient } from '../cli/api-client.ts';
import { readState } from '../workers/home/home-state.ts';
import { homePlaces } from '../workers/home/open-home.ts';
import { cpuMsOf, memoryOf, type ProcessMemory, processTree } from './pss.ts';

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

/** A whole Steward to measure, run as its users run it. */
export interface BenchHome extends Disposable {
  readonly root: string;
  readonly api: ApiClient;
  /** Seconds from `up` to ready, as the supervisor saw it and as a terminal did. */
  up(): { readonly supervisor: number; readonly terminal: number };
  down(): void;
  write(path: string, text: string): void;
  /** Every process of it: supervisor, Temporal, Postgres with its backends, worker and API. */
  memory(): ProcessMemory[];
  cpuMs(): number;
  /** The same by part. */
  cpuMsByPart(): Record<string, number>;
  /** Fires by hand and waits for the ending. */
  fire(trigger: string, requestId: string): Promise<EndedFire>;
}

export interface EndedFire {
  readonly id: string;
  readonly state: string;
  readonly acceptedAt: string;
  readonly endedAt: string;
  readonly dueAt: string;
}

/** Makes a home in a temporary folder; nothing runs yet. */
export function benchHome(): BenchHome {
  const root = mkdtempSync(join(tmpdir(), 'steward-bench-'));
  const home = homePlaces(root);
  const steward = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args], {
      env: { ...process.env, STEWARD_HOME: root, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const pids = () => {
    const state = readState(home);
    return state === undefined ? [] : processTree(state.pid);
  };
  const bench: BenchHome = {
    root,
    get api() {
      return apiClient(root);
    },
    up: () => {
      const began = performance.now();
      steward('up', '--detach');
      const { startedAt, readyAt } = readState(home)!;
      return {
        supervisor: (Date.parse(readyAt!) - Date.parse(startedAt)) / 1000,
        terminal: Math.round(performance.now() - began) / 1000,
      };
    },
    down: () => steward('down'),
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    memory: () => pids().flatMap((pid) => memoryOf(pid) ?? []),
    cpuMs: () => cpuMsOf(pids()),
    cpuMsByPart: () => {
      const parts: Record<string, number> = {};
      for (const pid of pids()) {
        const name = nameOf(memoryOf(pid)?.command ?? '');
        parts[name] = (parts[name] ?? 0) + cpuMsOf([pid]);
      }
      return parts;
    },
    fire: async (trigger, requestId) => {
      const { fireId } = await bench.api.post<{ fireId: string }>(`/api/v1/triggers/${trigger}/fire`, { requestId });
      for (;;) {
        // The stamps are the ledger's, so asking more often would only burden what is measured.
        await sleep(20);
        const fire = await bench.api.get<EndedFire>(`/api/v1/fires/${fireId}`);
        if (fire.state !== 'open') return fire;
      }
    },
    [Symbol.dispose]: () => {
      if (readState(home)?.phase !== 'stopped') steward('down');
      rmSync(root, { recursive: true, force: true });
    },
  };
  return bench;
}

/** Sum of what the processes hold, and each by itself, in MiB. */
export function summarise(processes: readonly ProcessMemory[]) {
  const sum = (pick: (one: ProcessMemory) => number) => Math.round(processes.reduce((all, one) => all + pick(one), 0));
  const parts = new Map<string, { pssMib: number; processes: number }>();
  for (const { command, pssMib } of processes) {
    const name = nameOf(command);
    const part = parts.get(name) ?? { pssMib: 0, processes: 0 };
    parts.set(name, { pssMib: Math.round((part.pssMib + pssMib) * 10) / 10, processes: part.processes + 1 });
  }
  return { pssMib: sum((one) => one.pssMib), rssSumMib: sum((one) => one.rssMib), parts: Object.fromEntries(parts) };
}

function nameOf(command: string): string {
  if (command.includes('run-home')) return 'supervisor';
  if (command.includes('workers/main')) return 'worker and API';
  if (command.includes('postgres')) return 'postgres';
  if (command.includes('temporal')) return 'temporal';
  return command.slice(0, 40);
}
