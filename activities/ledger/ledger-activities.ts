import type { Dispatch } from '../../schemas/dispatch.ts';
import type { Beginning, FireEnding } from '../../schemas/flow-io.ts';

/** Beginnings and endings of fires, as workflows write them, by way of the injected dispatch. */
export function makeLedgerActivities({ dispatch }: { dispatch: Pick<Dispatch, 'begin' | 'endFire'> }) {
  return {
    /** Whether a fire that collects events may begin. May be repeated: the first beginning stays. @throws storeBusy */
    begin: ({ fireId }: { fireId: string }): Promise<Beginning> => dispatch.begin(fireId),
    /** Writes the one ending of a fire. May be repeated: a second ending changes nothing. @throws storeBusy */
    endFire: (ending: FireEnding): Promise<void> => dispatch.endFire(ending),
  };
}
