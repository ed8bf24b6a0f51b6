import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ports } from './choose-ports.ts';
import type { Home } from './open-home.ts';
import { writeFileWhole } from './write-file-whole.ts';

/**
 * What the supervisor needs to know from the owner's files, worked out by the command that starts it: so that the
 * supervisor itself loads no parser.
 */
export interface HomePlan {
  /** Ports that steward.yaml names. */
  readonly fixedPorts: Partial<Record<keyof Ports, number>>;
  /** Try the easy ports first. */
  readonly preferPorts: boolean;
  /** The `temporal` program; left out when TEMPORAL_ADDRESS is set. */
  readonly temporalProgram?: string;
  /** Path of the program that serves workers and API. */
  readonly nodeProgram: string;
}

const fileOf = (home: Home) => join(home.data, 'plan.json');

/** Leaves the plan where the supervisor finds it. @throws diskFull */
export function writePlan(home: Home, plan: HomePlan): void {
  writeFileWhole(fileOf(home), `${JSON.stringify(plan)}\n`);
}

/** The plan of the command that started this supervisor. */
export function readPlan(home: Home): HomePlan {
  return JSON.parse(readFileSync(fileOf(home), 'utf8')) as HomePlan;
}
