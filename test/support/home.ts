import { type ExecFileOptions, execFile } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findTemporal } from '../../workers/home/find-temporal.ts';
import { type HomeState, readState } from '../../workers/home/home-state.ts';
import { inspectProcess } from '../../workers/home/inspect-process.ts';
import { homePlaces } from '../../workers/home/open-home.ts';
import { othersCanReach } from '../../workers/home/postgres-binaries.ts';

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const stub = fileURLToPath(new URL('./stub-steward.ts', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface TestHome extends AsyncDisposable {
  readonly root: string;
  /** Runs one command on this home. */
  steward(...words: string[]): Promise<Ran>;
  state(): HomeState;
  pidOf(part: string): number;
  /** Waits until a part serves under another process than the given one. */
  back(part: string, killed: number): Promise<void>;
  /** What workers and API were given: where Postgres and Temporal are. */
  given(): Promise<{ DATABASE_URL: string; TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string }>;
}

/**
 * An empty home in a folder of its own, with a stand-in for workers and API, so that only the home is tested.
 *
 * @param user - runs everything as this user; only for root
 */
export async function testHome(
  options: { user?: { uid: number; gid: number }; program?: string } = {},
): Promise<TestHome> {
  const folder = mkdtempSync(join(tmpdir(), 'steward-home-'));
  const root = join(folder, 'home');
  const { user } = options;
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const temporal = await findTemporal(process.env, console.error);
  // Wherever it was found: in the cache its name has a version.
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const program = realpathSync(temporal);
  if (user === undefined || othersCanReach(program)) symlinkSync(program, join(programs, 'temporal'));
  else copyFileSync(program, join(programs, 'temporal'));
  const env: NodeJS.ProcessEnv = {
    PATH: `${programs}:${process.env.PATH}`,
    STEWARD_HOME: root,
    STEWARD_CACHE: join(folder, 'cache'),
    STEWARD_NODE_PROGRAM: options.program ?? stub,
    HOME: folder,
  };
  const runOptions: ExecFileOptions = { env, cwd: folder, ...(user ?? {}) };
  const steward: TestHome['steward'] = (...words) =>
    new Promise((resolve) => {
      execFile(process.execPath, [cli, ...words], runOptions, (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: `${out}`, err: `${err}` });
      });
    });
  const state = () => readState(homePlaces(root)) as HomeState;
  const pidOf = (part: string) => state().parts.find((found) => found.name === part)?.pid as number;
  return {
    root,
    steward,
    state,
    pidOf,
    back: async (part, killed) => {
      while (pidOf(part) === undefined || pidOf(part) === killed || inspectProcess(pidOf(part)) === undefined)
        await sleep(30);
    },
    given: async () => (await fetch(state().urls.api as string)).json() as ReturnType<TestHome['given']>,
    [Symbol.asyncDispose]: async () => {
      await steward('down');
      const place = join(root, 'data', 'cluster.json');
      // As root the cluster lies outside of the home.
      if (existsSync(place)) {
        const { directory } = JSON.parse(readFileSync(place, 'utf8')) as { directory: string };
        if (directory.startsWith('/var/lib/steward/')) rmSync(dirname(directory), { recursive: true, force: true });
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
