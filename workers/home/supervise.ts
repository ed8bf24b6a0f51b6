import { setTimeout as sleep } from 'node:timers/promises';
import { StewardError } from '../../schemas/errors.ts';
import type { PartEnd, RunningPart } from './spawn-part.ts';

/** A child that is to be kept alive. */
export interface Part {
  readonly name: string;
  readonly logFile: string;
  /** Milliseconds that an orderly end may take. */
  readonly graceMs: number;
  /** Resolves when it serves. Rejects when it does not come up, leaving nothing behind. */
  start(signal: AbortSignal): Promise<RunningPart>;
}

export interface PartState {
  readonly name: string;
  /** `waiting` is between a failure and the next try. */
  readonly state: 'pending' | 'starting' | 'ready' | 'waiting' | 'stopping' | 'stopped';
  readonly pid?: number;
  readonly since: string;
  readonly restarts: number;
  /** Why it last ended or did not start. */
  readonly reason?: string;
  readonly logFile: string;
}

export interface Supervision {
  /** All parts served once. Rejects when a part cannot come up until a person acts. */
  readonly ready: Promise<void>;
  states(): PartState[];
  /** Ends the parts in reverse order. @param hurry - kill instead of asking */
  stop(hurry?: boolean): Promise<void>;
}

const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** A part that served this long has recovered: its next failure is a first one again. */
const recoveredMs = 60_000;

/** Delay before the n-th try, half of it random, so that several do not return in step. Milliseconds. Pure. */
export function retryDelay(failures: number, random: number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.5 + random / 2));
}

/**
 * Starts parts one after the other and keeps each alive without end. A failure that a person must settle ends the
 * first start; after that, nothing does.
 *
 * @param changed - called after each change of a state
 */
export function supervise(parts: readonly Part[], changed: () => void): Supervision {
  const keepers = parts.map((part) => keepPart(part, changed));
  const ready = (async () => {
    for (const keeper of keepers) {
      keeper.begin();
      await keeper.served;
    }
  })();
  return {
    ready,
    states: () => keepers.map((keeper) => keeper.state()),
    stop: async (hurry = false) => {
      for (const keeper of keepers.toReversed()) await keeper.stop(hurry);
    },
  };
}

function keepPart(part: Part, changed: () => void) {
  const abort = new AbortController();
  const served = Promise.withResolvers<void>();
  served.promise.catch(() => undefined);
  let running: RunningPart | undefined;
  let loop: Promise<void> | undefined;
  let failures = 0;
  let state: PartState = {
    ...{ name: part.name, state: 'pending', restarts: 0 },
    ...{ since: new Date().toISOString(), logFile: part.logFile },
  };

  const set = (to: PartState['state'], change: { pid?: number; reason?: string; restarts?: number } = {}) => {
    const { pid: _gone, ...kept } = state;
    state = { ...kept, ...change, state: to, since: new Date().toISOString() };
    changed();
  };

  const once = async (): Promise<string> => {
    set('starting');
    try {
      running = await part.start(abort.signal);
    } catch (cause) {
      failures += 1;
      if (needsPerson(cause)) served.reject(cause as Error);
      return (cause as Error).message;
    }
    const begun = performance.now();
    set('ready', { pid: running.pid });
    served.resolve();
    const end = await running.ended;
    failures = performance.now() - begun > recoveredMs ? 1 : failures + 1;
    return describe(part.name, end);
  };

  const keep = async () => {
    while (!abort.signal.aborted) {
      const reason = await once();
      if (abort.signal.aborted) break;
      set('waiting', { reason, restarts: state.restarts + 1 });
      await sleep(retryDelay(failures, Math.random()), undefined, { signal: abort.signal }).catch(() => undefined);
    }
  };

  return {
    served: served.promise,
    state: () => state,
    begin: () => {
      loop ??= keep();
    },
    stop: async (hurry: boolean) => {
      abort.abort();
      if (loop !== undefined) set('stopping', state.pid === undefined ? {} : { pid: state.pid });
      await running?.stop(hurry ? 0 : part.graceMs);
      await loop;
      set('stopped');
    },
  };
}

function needsPerson(cause: unknown): boolean {
  const codes = ['homeNewer', 'portTaken', 'diskFull', 'keyMissing', 'databaseMissing', 'temporalMissing'];
  return cause instanceof StewardError && codes.includes(cause.code);
}

function describe(name: string, { code, signal }: PartEnd): string {
  return signal === null ? `${name} ended with status ${code}` : `${name} ended by ${signal}`;
}
