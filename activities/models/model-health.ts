import { createHash } from 'node:crypto';
import type { Clock } from '../../schemas/clock.ts';
import type { HotTier } from '../../schemas/hot-tier.ts';
import { type ModelOutcomeName, modelOutcomes } from '../../schemas/model-outcomes.ts';
import { type ModelEntry, placeOfModel } from '../../schemas/models-file.ts';
import type { ModelState } from './pipeline/route-models.ts';

/** Which models are left alone for a while, for all workers that share a hot tier. */
export interface ModelHealth {
  rests(entry: ModelEntry): Promise<ModelState['rests']>;
  /** A call failed. @param waitMs - the provider's own word, milliseconds */
  failed(entry: ModelEntry, outcome: ModelOutcomeName, waitMs?: number): Promise<void>;
  answered(entry: ModelEntry): Promise<void>;
}

/** Failures further apart than this are not in a row. */
const rowMs = 2 * 3_600_000;

interface Rest {
  readonly untilMs: number;
  readonly outcome: ModelOutcomeName;
}

/**
 * A breaker for each model and each provider: what fails is left alone, twice as long each time in a row, and an answer
 * closes it. A hot tier that is away or forgets only means one call more.
 */
export function makeModelHealth(hot: HotTier, clock: Clock): ModelHealth {
  const restAt = async (scope: string): Promise<Rest | undefined> => {
    const kept = await hot.get(`model:rest:${scope}`);
    const rest = kept === undefined ? undefined : (JSON.parse(kept) as Rest);
    return rest !== undefined && rest.untilMs > clock.now().getTime() ? rest : undefined;
  };
  return {
    rests: async (entry) => {
      const { model, provider } = scopesOf(entry);
      const [one, all] = await Promise.all([restAt(model), restAt(provider)]);
      const rest = one === undefined || (all !== undefined && all.untilMs > one.untilMs) ? all : one;
      if (rest === undefined) return undefined;
      const { means: why, lastResort } = modelOutcomes[rest.outcome];
      return { until: new Date(rest.untilMs), why, lastResort };
    },
    failed: async (entry, outcome, waitMs) => {
      const { rests, restMs, restMostMs, after } = modelOutcomes[outcome];
      if (rests === 'nothing') return;
      const scope = scopesOf(entry)[rests];
      const inARow = await hot.increment(`model:fails:${scope}`, 1, rowMs);
      if (inARow < after) return;
      const doubled = Math.min(restMs * 2 ** (inARow - after), restMostMs);
      const ms = Math.ceil(waitMs === undefined ? doubled : Math.max(waitMs, 1));
      const rest: Rest = { untilMs: clock.now().getTime() + ms, outcome };
      await hot.set(`model:rest:${scope}`, JSON.stringify(rest), ms);
    },
    answered: async (entry) => {
      const { model, provider } = scopesOf(entry);
      const keys = [model, provider].flatMap((scope) => [`model:rest:${scope}`, `model:fails:${scope}`]);
      await Promise.all(keys.map((key) => hot.delete(key)));
    },
  };
}

/** A provider is an endpoint with a key: two keys have two purses. The digest is of what is in the file, and short. */
function scopesOf(entry: ModelEntry): { readonly model: string; readonly provider: string } {
  const key = entry.type === 'remote' ? (entry.auth?.api_key ?? '') : '';
  const print = createHash('sha256')
    .update(`${placeOfModel(entry)}\0${key}`)
    .digest('base64url')
    .slice(0, 22);
  return { model: `${entry.name}:${print}`, provider: print };
}
