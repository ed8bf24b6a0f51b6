import type { FireEnding } from '../../schemas/flow-io.ts';
import { endFire } from '../../store/fires/end-fire.ts';
import type { Store } from '../../store/store.ts';

/** Endings of fires, as workflows write them. */
export function makeLedgerActivities({ store }: { store: Store }) {
  return {
    /** Writes the one ending of a fire. May be repeated: a second ending changes nothing. @throws storeBusy */
    endFire: async (ending: FireEnding): Promise<void> => {
      await endFire(store, ending);
    },
  };
}
