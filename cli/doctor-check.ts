import type { Home } from '../workers/home/open-home.ts';
import type { Command } from './package-commands.ts';

export interface Check {
  /** Stable: scripts and support answers name it. */
  readonly id: string;
  readonly state: 'ok' | 'fail' | 'skip';
  readonly found: string;
  readonly remedy?: string;
}

/** What a check found, what is to be done about it, and what can be done by commands once somebody has said yes. */
export interface Finding extends Pick<Check, 'state' | 'found'> {
  /** Takes the place of the check's own. */
  readonly remedy?: string;
  readonly fix?: readonly Command[];
}

export interface DoctorCheck {
  readonly id: string;
  /** Where it fails and the finding has none of its own. */
  readonly remedy?: string;
  look(home: Home, env: NodeJS.ProcessEnv): Finding | Promise<Finding>;
}

export const ok = (found: string): Finding => ({ state: 'ok', found });
export const fail = (found: string): Finding => ({ state: 'fail', found });
export const skip = (found: string): Finding => ({ state: 'skip', found });
export const judge = (good: boolean, found: string): Finding => (good ? ok(found) : fail(found));
