import { readFileSync } from 'node:fs';
import { StewardError } from '../../schemas/errors.ts';
import { freePorts, portIsFree } from './free-port.ts';
import { writeFileWhole } from './write-file-whole.ts';

/** Ports on 127.0.0.1 of one embedded home. The first four a person may fix in steward.yaml. */
export interface Ports {
  readonly api: number;
  readonly temporal: number;
  readonly temporalUi: number;
  readonly postgres: number;
  readonly temporalHttp: number;
  readonly temporalMetrics: number;
}

const names = ['api', 'temporal', 'temporalUi', 'postgres', 'temporalHttp', 'temporalMetrics'] as const;
/** Easy to remember; taken when nobody else has them. */
const firstChoice: Ports = {
  api: 7700,
  temporalUi: 7701,
  temporal: 7702,
  postgres: 7703,
  temporalHttp: 7704,
  temporalMetrics: 7705,
};

/**
 * Chooses ports once and remembers them in a file. A remembered port that somebody else has by now is replaced; one
 * that a person fixed is not.
 *
 * @param preferFirst - try the easy ones on the first start; a second home on one machine does without
 * @throws portTaken naming port and key
 * @throws diskFull
 */
export async function choosePorts(
  file: string,
  fixed: Partial<Record<keyof Ports, number | undefined>>,
  preferFirst: boolean,
): Promise<Ports> {
  const known = { ...(preferFirst ? firstChoice : {}), ...readPorts(file) };
  const spare = await freePorts(names.length);
  const entries: [string, number][] = [];
  for (const [at, name] of names.entries())
    entries.push([name, await choose(name, fixed[name], known[name], spare[at])]);
  const ports = Object.fromEntries(entries) as unknown as Ports;
  const text = `${JSON.stringify(ports, null, 2)}\n`;
  if (text !== readText(file)) writeFileWhole(file, text);
  return ports;
}

/** The ports as remembered. @returns undefined when no start has chosen any */
export function readPorts(file: string): Ports | undefined {
  try {
    return JSON.parse(readText(file) ?? '') as Ports;
  } catch {
    return undefined;
  }
}

async function choose(
  name: string,
  fixed: number | undefined,
  known: number | undefined,
  spare: number | undefined,
): Promise<number> {
  if (fixed !== undefined) {
    if (await portIsFree(fixed)) return fixed;
    throw new StewardError('portTaken', `Port ${fixed}, which steward.yaml names as home.ports.${name}, is taken`);
  }
  if (known !== undefined && (await portIsFree(known))) return known;
  return spare as number;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
