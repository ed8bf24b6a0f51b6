import { spawn } from 'node:child_process';
import { StewardError } from '../../schemas/errors.ts';
import { choosePorts } from './choose-ports.ts';
import { homeParts, homeUrls } from './home-parts.ts';
import { readPlan } from './home-plan.ts';
import { type HomeState, writeState } from './home-state.ts';
import { lockHome } from './lock-home.ts';
import { type Home, homePlaces } from './open-home.ts';
import { rotateLog } from './rotate-log.ts';
import { stopOrphans } from './stop-orphans.ts';
import { type Supervision, supervise } from './supervise.ts';

const rotateEveryMs = 60_000;

/**
 * The supervisor of one home, which stays for as long as Steward runs. It loads next to nothing, since its memory
 * counts. Never returns: SIGTERM, SIGINT and SIGHUP end it in order, a second one at once.
 *
 * @param announcer - program that shows the start in the terminal
 */
async function runHome(root: string, announcer?: string): Promise<void> {
  const home = homePlaces(root);
  let supervision: Supervision | undefined;
  let unlock: (() => void) | undefined;
  let stopping: Promise<never> | undefined;
  let state: HomeState = {
    ...{ pid: process.pid, phase: 'starting', startedAt: new Date().toISOString() },
    ...{ parts: [], urls: {} },
  };
  const say = (change: Partial<HomeState>) => {
    state = { ...state, ...change, parts: supervision?.states() ?? [] };
    writeState(home, state);
  };
  const end = async (failure?: Error): Promise<never> => {
    say({ phase: 'stopping' });
    await supervision?.stop();
    say(failure === undefined ? { phase: 'stopped' } : { phase: 'failed', failure: describe(failure) });
    unlock?.();
    process.exit(failure === undefined ? 0 : 1);
  };
  const onSignal = () => {
    // A second signal says: at once. Nothing is lost by it; the next start recovers.
    if (stopping !== undefined) supervision?.stop(true).catch(() => undefined);
    stopping ??= end();
  };

  try {
    unlock = lockHome(home);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
    say({});
    if (announcer !== undefined) announce(announcer, home);
    const left = await stopOrphans(home);
    if (left.length > 0) console.error(`Stopped what an earlier start left running: ${left.join(', ')}`);
    const plan = readPlan(home);
    const ports = await choosePorts(home.ports, plan.fixedPorts, plan.preferPorts);
    if (stopping !== undefined) return await stopping;
    const parts = homeParts(home, plan, ports, process.env);
    supervision = supervise(parts, () => say({}));
    say({ urls: homeUrls(ports, process.env) });
    setInterval(() => {
      for (const part of parts) rotateLog(part.logFile);
    }, rotateEveryMs);
    await supervision.ready;
    if (stopping === undefined) say({ phase: 'ready', readyAt: new Date().toISOString() });
  } catch (cause) {
    if (stopping !== undefined) return await stopping;
    // Without the lock the state belongs to somebody else.
    if (cause instanceof StewardError && cause.code === 'homeLocked') {
      console.error(`steward: ${cause.message}`);
      process.exit(1);
    }
    await end(cause as Error);
  }
}

function describe(failure: Error): { code: string; message: string } {
  return { code: failure instanceof StewardError ? failure.code : 'childFailed', message: failure.message };
}

function announce(program: string, home: Home): void {
  const child = spawn(process.execPath, [program, 'up', '--announce', '--home', home.root], { stdio: 'inherit' });
  child.on('error', () => undefined);
}

// Loading it without running it lets the one who starts it compile it beforehand.
if (import.meta.main) {
  const [root, announcer] = process.argv.slice(2);
  if (root === undefined) throw new TypeError('usage: node workers/home/run-home.ts HOME [ANNOUNCER]');
  await runHome(root, announcer);
}
