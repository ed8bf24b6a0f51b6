import type { Ending } from '../schemas/endings.ts';
import type { FileSet } from '../schemas/file-set.ts';
import type { Trigger } from '../schemas/trigger-file.ts';
import type { FireRow } from '../store/fires/open-fire.ts';

type Ended = Pick<FireRow, 'trigger' | 'flow' | 'kind' | 'policy' | 'outcome'>;

/** Triggers of kind `flow` that wait for such an ending. */
export function flowTriggers({ triggers }: Pick<FileSet, 'triggers'>, fire: Ended, ending: Ending): Trigger[] {
  return [...triggers.values()].filter(({ when, enabled, name }) => {
    if (!enabled || !('flow' in when) || name === fire.trigger) return false;
    const { run, trigger, ending: wanted, outcome } = when.flow;
    return (
      wanted.includes(ending) &&
      (run === undefined || run === fire.flow) &&
      (trigger === undefined || trigger === fire.trigger) &&
      (outcome === undefined || outcome === fire.outcome?.outcome)
    );
  });
}

/** Whether `onFailure` of the file that a fire began with asks for something. The failure of a failure asks for nothing. */
export function asksOnFailure({ policy, kind }: Pick<Ended, 'policy' | 'kind'>, ending: Ending): boolean {
  return ending === 'failed' && kind !== 'failure' && policy?.onFailure !== undefined;
}

/** Whether somebody must be told of an ending: then it counts as followed only once they have been. */
export function follows(files: Pick<FileSet, 'triggers'>, fire: Ended, ending: Ending): boolean {
  return asksOnFailure(fire, ending) || flowTriggers(files, fire, ending).length > 0;
}
