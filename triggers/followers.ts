import type { Ending } from '../schemas/endings.ts';
import type { FileSet } from '../schemas/file-set.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { FireRow } from '../store/fires/open-fire.ts';
import { isInForce } from './gate.ts';

/** A chain of flows that set each other off ends here: what follows it is on record as refused, and followed by nobody. */
export const longestChain = 8;

type Ended = Pick<FireRow, 'trigger' | 'flow' | 'kind' | 'policy' | 'outcome'> & {
  readonly depth?: number | undefined;
};

/** Whether a trigger of kind `flow` waits for such an ending. Never for its own, nor for a run that tells of a failure. */
export function waitsFor({ name, when }: Pick<Trigger, 'name' | 'when'>, fire: Ended, ending: Ending): boolean {
  if (!('flow' in when) || name === fire.trigger || fire.kind === 'failure') return false;
  if ((fire.depth ?? 0) > longestChain) return false;
  const { run, trigger, ending: wanted, outcome } = when.flow;
  return (
    wanted.includes(ending) &&
    (run === undefined || run === fire.flow) &&
    (trigger === undefined || trigger === fire.trigger) &&
    (outcome === undefined || outcome === fire.outcome?.outcome)
  );
}

/** Triggers in force that wait for such an ending. */
export function flowTriggers(
  { triggers }: Pick<FileSet, 'triggers'>,
  fire: Ended,
  ending: Ending,
  now: Date,
): Trigger[] {
  return [...triggers.values()].filter((waiting) => waitsFor(waiting, fire, ending) && isInForce(waiting, now));
}

/** Whether `onFailure` of the file that a fire began with asks for something. The failure of a failure asks for nothing. */
export function asksOnFailure({ policy, kind }: Pick<Ended, 'policy' | 'kind'>, ending: Ending): boolean {
  return ending === 'failed' && kind !== 'failure' && policy?.onFailure !== undefined;
}

/** Whether somebody must be told of an ending: then it counts as followed only once they have been. */
export function follows(files: Pick<FileSet, 'triggers'>, fire: Ended, ending: Ending, now: Date): boolean {
  return asksOnFailure(fire, ending) || flowTriggers(files, fire, ending, now).length > 0;
}
