import type { Logger } from 'pino';
import type { Files } from '../../schemas/file-set.ts';
import type { HotTier } from '../../schemas/hot-tier.ts';
import type { AskModel } from '../../schemas/model-chat.ts';
import type { ModelDesk } from '../../schemas/model-desk.ts';
import type { EmbedTexts } from '../../schemas/model-embed.ts';
import type { Store } from '../../store/store.ts';
import { makeAnswerCache } from './answer-cache.ts';
import { makeAskModel } from './ask-models.ts';
import { makeEmbedTexts } from './embed-texts.ts';
import { makeMeter } from './meter.ts';
import { makeModelDesk } from './model-desk.ts';
import { makeModelHealth } from './model-health.ts';
import { makeModelSight } from './model-sight.ts';
import { probeNew } from './probe-new.ts';
import { makeRecogniser } from './recogniser.ts';

export interface ModelRouter {
  readonly askModel: AskModel;
  readonly embedTexts: EmbedTexts;
  readonly desk: ModelDesk;
  /** Finds out what new models can do. May be repeated: what is known is not asked again. */
  probeNew(over: AbortSignal): Promise<void>;
  /** Resolves when all calls that were made are on record. */
  idle(): Promise<void>;
}

/** Opens the one router of a process. @param personId - whose the calls are that a person has made at the desk */
export function openRouter(deps: {
  readonly store: Store;
  readonly files: Pick<Files, 'current'>;
  readonly hot: HotTier;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly personId: string;
  /** Whether spans of calls hold what was asked and answered. */
  readonly traceContent?: boolean;
}): ModelRouter {
  const { store, files, hot, log, personId, traceContent = false } = deps;
  const { clock } = store;
  const meter = makeMeter({ store, hot, log });
  const [sight, health] = [makeModelSight(store), makeModelHealth(hot, clock)];
  const parts = {
    traceContent,
    files,
    clock,
    meter,
    sight,
    health,
    cache: makeAnswerCache({ store, hot, log }),
    recogniser: makeRecogniser(store),
    log,
  };
  const embedTexts = makeEmbedTexts({ ...parts, store });
  const desk = makeModelDesk({ ...parts, store, personId });
  return {
    ...{ askModel: makeAskModel(parts), embedTexts, desk, idle: meter.idle },
    probeNew: (over) => probeNew({ ...parts, store, hot, personId }, over),
  };
}
