import type { Logger } from 'pino';
import type { HotTier } from '../../schemas/hot-tier.ts';
import { keepProbe, modelPrint, readProbes } from '../../store/models/model-probes.ts';
import type { Store } from '../../store/store.ts';
import { type ProbeDeps, probeModel } from './probe-model.ts';

interface NewDeps extends ProbeDeps {
  readonly store: Store;
  readonly hot: HotTier;
  readonly log: Pick<Logger, 'info'>;
}

/** Longer than a probe takes: two processes do not ask the same. */
const claimedMs = 15 * 60_000;

/**
 * Finds out what each model of `models.yaml` can do that nobody has found out yet, one after the other. One that does not
 * answer is left for the next time.
 *
 * @param over - nothing more is asked
 */
export async function probeNew(deps: NewDeps, over: AbortSignal): Promise<void> {
  const { files, store, hot, health, log } = deps;
  const { models, probe } = files.current().models;
  if (!probe || models.length === 0) return;
  const known = await readProbes(store, models);
  for (const entry of models) {
    if (over.aborted) return;
    if (known.has(entry.name) || (await health.rests(entry)) !== undefined) continue;
    const claim = `probe:${entry.name}:${modelPrint(entry)}`;
    if (!(await hot.claim(claim, 'claimed', claimedMs))) continue;
    try {
      const { outcome, can, cost } = await probeModel({ ...deps, signal: over }, entry);
      log.info({ model: entry.name, outcome, can, cost }, 'tried a new model');
      if (outcome === 'answered') await keepProbe(store, entry, can);
      else await hot.delete(claim);
    } catch (error) {
      await hot.delete(claim);
      if (!over.aborted) throw error;
    }
  }
}
