import { type AnswerCache, makeAnswerCache } from '../../activities/models/answer-cache.ts';
import { makeAskModel, type RouterDeps } from '../../activities/models/ask-models.ts';
import { type Meter, makeMeter } from '../../activities/models/meter.ts';
import { makeModelHealth } from '../../activities/models/model-health.ts';
import { makeModelSight } from '../../activities/models/model-sight.ts';
import { makeRecogniser } from '../../activities/models/recogniser.ts';
import { fixedClock } from '../../schemas/clock.ts';
import type { FileSet } from '../../schemas/file-set.ts';
import type { HotTier } from '../../schemas/hot-tier.ts';
import type { AnsweredAsk, AnswerSchema, AskModel, ModelAsk, ModelTool } from '../../schemas/model-chat.ts';
import { modelsFile } from '../../schemas/models-file.ts';
import { inProcessHotTier } from '../../store/hot/in-process.ts';
import type { Store } from '../../store/store.ts';
import { testStore } from './postgres.ts';

/** An object that a model is asked for. */
export const yesOrNo: AnswerSchema = {
  name: 'yes_or_no',
  json: { type: 'object', properties: { answer: { enum: ['yes', 'no'] } }, required: ['answer'] },
  check: (value) => (['yes', 'no'].includes((value as { answer: string }).answer) ? undefined : 'answer is no answer'),
};

/** The same with nothing beside it, as grammars need it. */
export const closedYesOrNo: AnswerSchema = { ...yesOrNo, json: { ...yesOrNo.json, additionalProperties: false } };

/** A tool that a model may call. */
export const weather: ModelTool = {
  ...{ name: 'weather', does: 'Tells the weather of a city.' },
  parameters: {
    ...{ type: 'object', properties: { city: { enum: ['Rome', 'Oslo'] } }, required: ['city'] },
    additionalProperties: false,
  },
};

/** The router over a real ledger, with a file of models that a test may change. */
export interface ModelWorld extends AsyncDisposable {
  readonly store: Store;
  readonly personId: string;
  readonly clock: ReturnType<typeof fixedClock>;
  readonly meter: Meter;
  readonly askModel: AskModel;
  readonly hot: HotTier;
  /** What the router was made of, for another worker. */
  readonly parts: RouterDeps;
  newCache(hot?: HotTier): AnswerCache;
  /** All that was said so far, each time that something was. */
  readonly heard: readonly string[];
  /** `models.yaml` from now on. */
  use(file: object): void;
  /** Asks something, as a turn does. */
  ask(more?: Partial<ModelAsk>): Promise<AnsweredAsk>;
}

/** Makes one. @param file - `models.yaml` */
export async function modelWorld(file: object, timeouts: RouterDeps['timeouts'] = {}): Promise<ModelWorld> {
  const clock = fixedClock('2026-11-27T08:00:00Z');
  const opened = await testStore({ clock });
  const { store, personId } = opened;
  let models = modelsFile.parse(file);
  const heard: string[] = [];
  const meter = makeMeter({ store, log: { warn: () => undefined } });
  const hot = inProcessHotTier(clock);
  const log = { warn: () => undefined };
  const newCache = (its = hot) => makeAnswerCache({ store, hot: its, log });
  const parts: RouterDeps = {
    ...{ clock, meter, log, cache: newCache(), sight: makeModelSight(store), health: makeModelHealth(hot, clock) },
    recogniser: makeRecogniser(store),
    files: { current: () => ({ models }) as FileSet },
    timeouts: { whole: 2_000, ...timeouts },
  };
  const askModel = makeAskModel(parts);
  return {
    ...{ store, personId, clock, meter, askModel, heard, hot, parts, newCache },
    use: (next) => {
      models = modelsFile.parse(next);
    },
    ask: (more = {}) =>
      askModel({
        messages: [{ role: 'user', content: 'What is it?' }],
        ...{ tools: [], maxOutputTokens: 100, onText: (text: string) => void heard.push(text) },
        ...{ for: { personId, purpose: 'turn' }, ...more },
      }),
    [Symbol.asyncDispose]: async () => {
      await meter.idle();
      await opened[Symbol.asyncDispose]();
    },
  };
}
