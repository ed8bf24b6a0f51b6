import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../schemas/clock.ts';
import { admitPeople } from '../../store/ensure-person.ts';
import { keyRing } from '../../store/keys/key-ring.ts';
import { readRootKeys } from '../../store/keys/root-key.ts';
import { openDatabase } from '../../store/open-database.ts';
import type { Store } from '../../store/store.ts';
import { type Ports, readPorts } from '../../workers/home/choose-ports.ts';
import { readState } from '../../workers/home/home-state.ts';
import { homePlaces } from '../../workers/home/open-home.ts';
import { placeCluster } from '../../workers/home/place-cluster.ts';
import { postgresUrl } from '../../workers/home/start-postgres.ts';

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export type Part = 'steward' | 'temporal' | 'postgres';

/** A whole Steward in an embedded home of its own, run as its users run it. */
export interface ChaosHome extends AsyncDisposable {
  readonly home: string;
  ports(): Ports;
  /** The bearer token of its API. */
  token(): string;
  /** Pid of a part as the supervisor last wrote it, or undefined while it is down. */
  pidOf(part: Part): number | undefined;
  /** Kills a part with SIGKILL; waits for one that is down already to be back first. */
  kill(part: Part): Promise<void>;
  /** The record, through a connection of the campaign's own; rejects while Postgres is away. */
  withStore<T>(work: (store: Store) => Promise<T>): Promise<T>;
  down(): void;
}

/**
 * Starts Steward through its own command line.
 *
 * @param options.root - a home of an earlier campaign that was kept; a new one when left out
 */
export function chaosHome(options: { files: Record<string, string>; keep?: boolean; root?: string }): ChaosHome {
  const root = options.root ?? mkdtempSync(join(tmpdir(), 'steward-chaos-'));
  const home = homePlaces(root);
  for (const [path, text] of Object.entries(options.files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const steward = (...args: string[]) =>
    execFileSync(process.execPath, [cli, ...args], {
      env: { ...process.env, STEWARD_HOME: root, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  let running = true;
  steward('up', '--detach');
  const pidOf = (part: Part) => readState(home)?.parts.find((one) => one.name === part)?.pid;
  const down = () => {
    if (running) steward('down');
    running = false;
  };
  return {
    ...{ home: root, pidOf, down, ports: () => readPorts(home.ports)! },
    token: () => readFileSync(home.apiToken, 'utf8').trim(),
    kill: async (part) => {
      for (;;) {
        const pid = pidOf(part);
        try {
          if (pid !== undefined) return void process.kill(pid, 'SIGKILL');
        } catch {
          // It ended between the look and the kill.
        }
        await sleep(50);
      }
    },
    withStore: async (work) => {
      const url = postgresUrl({ port: readPorts(home.ports)!.postgres, password: placeCluster(home).password });
      const database = openDatabase(url, { max: 1 });
      try {
        const store: Store = { db: database.db, keys: keyRing(readRootKeys(home.rootKey)), clock: systemClock };
        await admitPeople(store);
        return await work(store);
      } finally {
        await database.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      down();
      if (options.keep !== true) rmSync(root, { recursive: true, force: true });
    },
  };
}
