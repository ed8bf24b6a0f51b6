import { readFileSync } from 'node:fs';
import type { Home } from './open-home.ts';
import type { PartState } from './supervise.ts';
import { writeFileWhole } from './write-file-whole.ts';

/** What the supervisor says about itself in data/state.json, for whoever asks. */
export interface HomeState {
  readonly pid: number;
  readonly phase: 'starting' | 'ready' | 'stopping' | 'failed' | 'stopped';
  readonly startedAt: string;
  readonly readyAt?: string;
  readonly parts: readonly PartState[];
  /** `api` and, where Steward serves one, `temporalUi`. */
  readonly urls: Readonly<Record<string, string>>;
  /** Why the start was given up, for `failed`. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** The last state that was written. It may be old: only a live lock says that somebody runs. */
export function readState(home: Home): HomeState | undefined {
  try {
    return JSON.parse(readFileSync(home.state, 'utf8')) as HomeState;
  } catch {
    return undefined;
  }
}

/** Writes the state. A full disk must not end the supervisor: then it stays as it was. */
export function writeState(home: Home, state: HomeState): void {
  try {
    writeFileWhole(home.state, `${JSON.stringify(state)}\n`);
  } catch {
    // What could be said of it was said where the first write failed.
  }
}
