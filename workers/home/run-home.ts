import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import { choosePorts } from './choose-ports.ts';
import { homeParts, homeUrls } from './home-parts.ts';
import { readPlan } from './home-plan.ts';
import { type HomeState, writeState } from './home-state.ts';
import { lockHome } from './lock-home.ts';
import { homePlaces } from './open-home.ts';
import { rotateLog } from './rotate-log.ts';
import { stopOrphans } from './stop-orphans.ts';
import { type Supervision, supervise } from './supervise.ts';

/*
 * The supervisor of one home: `node workers/home/run-home.ts HOME [ANNOUNCER]`. It stays for as long as Steward runs
 * and loads next to nothing, since its memory counts. ANNOUNCER is a program that shows the start in the terminal.
 */

const [root, announcer] = process.argv.slice(2) as [string, string?];
const home = homePlaces(root);
const rotateEveryMs = 60_000;
let supervision: Supervision | undefined;
let state: HomeState = {
  ...{ pid: process.pid, phase: 'starting', startedAt: new Date().toISOString() },
  ...{ parts: [], urls: {} },
};

const say = (change: Partial<HomeState>) => {
  state = { ...state, ...change, parts: supervision?.states() ?? [] };
  writeState(home, state);
};
let unlock: (() => void) | undefined;
unlock = await attempt(() => lockHome(home));
say({});
let stopping: Promise<never> | undefined;
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void onSignal());
if (announcer !== undefined) announce(announcer);

const left = await attempt(() => stopOrphans(home));
if (left.length > 0) console.error(`Stopped what an earlier start left running: ${left.join(', ')}`);
const plan = readPlan(home);
const ports = await attempt(() => choosePorts(home.ports, plan.fixedPorts, plan.preferPorts));
const parts = homeParts(home, plan, ports, process.env);
supervision = supervise(parts, () => say({}));
say({ urls: homeUrls(ports, process.env) });
setInterval(() => {
  for (const part of parts) rotateLog(part.logFile);
}, rotateEveryMs);

try {
  await supervision.ready;
  if (stopping === undefined) say({ phase: 'ready', readyAt: new Date().toISOString() });
} catch (cause) {
  await end(cause as Error);
}

function onSignal(): Promise<never> {
  // A second signal says: at once. Nothing is lost by it; the next start recovers.
  if (stopping !== undefined) void supervision?.stop(true);
  stopping ??= end();
  return stopping;
}

async function end(failure?: Error): Promise<never> {
  say({ phase: 'stopping' });
  await supervision?.stop();
  if (failure === undefined) say({ phase: 'stopped' });
  else say({ phase: 'failed', failure: { code: codeOf(failure), message: failure.message } });
  unlock?.();
  if (failure !== undefined && announcer === undefined) console.error(`steward: ${failure.message}`);
  process.exit(failure === undefined ? 0 : 1);
}

async function attempt<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    // Without the lock the state belongs to somebody else.
    if (cause instanceof StewardError && cause.code === 'homeLocked') {
      console.error(`steward: ${cause.message}`);
      process.exit(1);
    }
    return await end(cause as Error);
  }
}

function codeOf(failure: Error): string {
  return failure instanceof StewardError ? failure.code : 'childFailed';
}

function announce(program: string): void {
  const child = spawn(process.execPath, [program, 'up', '--announce', '--home', join(root)], { stdio: 'inherit' });
  child.on('error', () => undefined);
}
