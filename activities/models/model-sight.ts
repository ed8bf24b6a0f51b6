import type { FoundCan } from '../../schemas/model-desk.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { seenOfModels } from '../../store/models/model-calls.ts';
import { readProbes } from '../../store/models/model-probes.ts';
import type { Store } from '../../store/store.ts';

/** What is known of models out of the ledger, as of some seconds ago: a question costs no look of its own. */
export interface ModelSight {
  /** What half of the answers of each model took at most in the last 24 hours, milliseconds. */
  latencies(): Promise<ReadonlyMap<string, number>>;
  /** What `steward models test` found of each. */
  found(entries: readonly ModelEntry[]): Promise<ReadonlyMap<string, FoundCan>>;
}

const knownForMs = 10_000;

/** Makes what a process knows of models. */
export function makeModelSight(store: Store): ModelSight {
  const cached = <K, T>(look: (key: K) => Promise<T>): ((key: K) => Promise<T>) => {
    let known: { readonly at: number; readonly key: K; readonly value: T } | undefined;
    return async (key) => {
      const now = store.clock.now().getTime();
      if (known === undefined || known.key !== key || now - known.at > knownForMs)
        known = { at: now, key, value: await look(key) };
      return known.value;
    };
  };
  const latencies = cached<undefined, ReadonlyMap<string, number>>(async () => {
    const rows = await seenOfModels(store);
    return new Map(rows.flatMap(({ model, latencyMs }) => (latencyMs === null ? [] : [[model, latencyMs] as const])));
  });
  return {
    latencies: () => latencies(undefined),
    found: cached((entries: readonly ModelEntry[]) => readProbes(store, entries)),
  };
}
