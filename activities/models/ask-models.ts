import type { Logger } from 'pino';
import type { Clock } from '../../schemas/clock.ts';
import { StewardError } from '../../schemas/errors.ts';
import type { Files } from '../../schemas/file-set.ts';
import type { AnsweredAsk, AskModel, ModelAsk } from '../../schemas/model-chat.ts';
import type { Intent } from '../../schemas/model-intents.ts';
import { modelOutcomes } from '../../schemas/model-outcomes.ts';
import { isLocal, type ModelEntry, type ModelsFile } from '../../schemas/models-file.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { Meter } from './meter.ts';
import type { ModelHealth } from './model-health.ts';
import type { ModelSight } from './model-sight.ts';
import { generate } from './pipeline/generate.ts';
import { type ModelNeeds, processInput } from './pipeline/process-input.ts';
import { type Considered, type ModelState, roomToAnswer, routeModels } from './pipeline/route-models.ts';
import { askProvider } from './providers/ask-provider.ts';
import { ModelFault } from './providers/name-outcome.ts';
import { intentInstruction, intentSchema, type Recogniser } from './recogniser.ts';

export interface RouterDeps {
  readonly files: Pick<Files, 'current'>;
  readonly health: ModelHealth;
  readonly meter: Meter;
  readonly cache: AnswerCache;
  readonly sight: ModelSight;
  readonly recogniser: Recogniser;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'warn'>;
  readonly timeouts?: Partial<Timeouts>;
  /** Whether spans of calls hold what was asked and answered. */
  readonly traceContent?: boolean;
}

type RecognisedAsk = ModelAsk & { readonly intent: Intent };

/** Milliseconds. */
interface Timeouts {
  /** For one answer as a whole. */
  readonly whole: number;
  /** Until its first byte; a model on this machine may have to be loaded first. */
  readonly firstRemote: number;
  readonly firstLocal: number;
}
const patience: Timeouts = { whole: 300_000, firstRemote: 60_000, firstLocal: 240_000 };

/** Of one answer, with the envelope that a stream puts around each word. */
const maxBytes = 16 * 1_048_576;

/**
 * Makes what asks the models of `models.yaml`, as the file stands at each question; a call that is under way goes on with
 * the model that it began with.
 *
 *   process input -> recognise the intent -> route -> generate -> adapt the output        activities/models/pipeline/
 */
export function makeAskModel(deps: RouterDeps): AskModel {
  const { files, clock, log } = deps;
  return async (asked) => {
    const file = files.current().models;
    const { needs, words } = processInput(asked);
    const ask: RecognisedAsk = { ...asked, intent: asked.intent ?? (await intentOf(deps, file, asked, words)) };
    const considered = await considerModels(deps, file, ask.intent, needs);
    const candidates = considered.filter(({ place }) => place !== undefined);
    if (candidates.length === 0) throw nobodyFor(considered, clock.now());
    let failure: StewardError | undefined;
    for (const { entry, can } of candidates) {
      // The one before may have been refused for the key or the purse that this one shares.
      if (failure !== undefined && (await deps.health.rests(entry))?.lastResort === false) continue;
      let spoken = false;
      const onText = (text: string) => {
        spoken = true;
        ask.onText?.(text);
      };
      try {
        const maxOutputTokens = roomToAnswer(needs, can);
        const own = { ...ask, onText, maxOutputTokens };
        return await askEntry(deps, file, entry, own, needs, can.tools === 'envelope');
      } catch (error) {
        ask.signal?.throwIfAborted();
        if (!(error instanceof ModelFault)) throw error;
        log.warn({ model: entry.name, outcome: error.outcome, why: error.why }, 'a model gave no answer');
        failure = sooner(failure, failureOf(entry, error));
        // Two models in one sentence are worse than a late one.
        if (spoken) throw failureOf(entry, error);
      }
    }
    throw failure!;
  };
}

async function intentOf(deps: RouterDeps, file: ModelsFile, asked: ModelAsk, words: string): Promise<Intent> {
  const entry = file.models.find(({ name }) => name === file.recognise);
  const may = entry !== undefined && (asked.localOnly !== true || isLocal(entry));
  const askModel = async (said: string): Promise<Intent | undefined> => {
    if (!may || (await deps.health.rests(entry)) !== undefined) return undefined;
    const ask: RecognisedAsk = {
      messages: [
        { role: 'system', content: intentInstruction },
        { role: 'user', content: said.slice(0, 2_000) },
      ],
      ...{ tools: [], maxOutputTokens: 200, temperature: 0, schema: intentSchema, intent: 'question' },
      for: { ...asked.for, purpose: 'intent' },
      localOnly: asked.localOnly ?? false,
      ...(asked.signal === undefined ? {} : { signal: asked.signal }),
    };
    try {
      const { object } = await askEntry(deps, file, entry, ask, processInput(ask).needs, false);
      return (object as { intent: Intent }).intent;
    } catch (error) {
      asked.signal?.throwIfAborted();
      if (!(error instanceof ModelFault)) throw error;
      return undefined;
    }
  };
  return (await deps.recogniser.recognise(words, asked.for, askModel)).intent;
}

/** Which models would be asked, in which order, and why; those that are not, with the reason. */
export async function considerModels(
  { health, sight }: Pick<RouterDeps, 'health' | 'sight'>,
  file: ModelsFile,
  intent: Intent,
  needs: ModelNeeds,
): Promise<Considered[]> {
  const seen = file.order === 'fastest' ? await sight.latencies() : new Map<string, number>();
  const found = await sight.found(file.models);
  const states = new Map<string, ModelState>();
  for (const entry of file.models) {
    const rests = await health.rests(entry);
    const latencyMs = seen.get(entry.name);
    const can = found.get(entry.name);
    states.set(entry.name, {
      ...(rests === undefined ? {} : { rests }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(can === undefined ? {} : { can }),
    });
  }
  return routeModels(file, intent, needs, (name) => states.get(name) ?? {});
}

async function askEntry(
  { health, meter, cache, timeouts, traceContent = false }: RouterDeps,
  file: ModelsFile,
  entry: ModelEntry,
  ask: RecognisedAsk,
  needs: ModelNeeds,
  byEnvelope: boolean,
): Promise<AnsweredAsk> {
  const { whole, firstRemote, firstLocal } = { ...patience, ...timeouts };
  const bounds = { wholeMs: whole, firstMs: isLocal(entry) ? firstLocal : firstRemote, maxBytes };
  const begin = (one: ModelAsk) => {
    const own = one.messages === ask.messages ? needs : processInput(one).needs;
    return meter.begin(file, entry, { ...one, intent: ask.intent }, own);
  };
  try {
    const keptMs = file.cache.hours * 3_600_000;
    const given = await cache.give(entry, ask, keptMs, () =>
      generate({ askOne: askProvider, begin, bounds, traceContent }, entry, ask, byEnvelope),
    );
    if (given.asked) {
      await health.answered(entry);
      return { ...given.answer, model: entry.name };
    }
    meter.reused(entry, ask, needs);
    if (ask.schema === undefined) ask.onText?.(given.answer.text);
    return { calls: [], tokens: { input: 0, output: 0 }, cost: 0, ...given.answer, model: entry.name };
  } catch (error) {
    // Our own limits say nothing of the far side.
    if (error instanceof ModelFault && !error.ours) await health.failed(entry, error.outcome, error.waitMs);
    throw error;
  }
}

/** What a call that failed means outside. */
export function failureOf({ name }: ModelEntry, { outcome, waitMs, why }: ModelFault): StewardError {
  const { failure, means } = modelOutcomes[outcome];
  return new StewardError(failure, `Cannot ask ${name}: ${why ?? means}`, waitMs === undefined ? {} : { waitMs });
}

/** Of what the models came to: one that time mends before one that a person must mend. */
function sooner(known: StewardError | undefined, next: StewardError): StewardError {
  if (known?.code !== 'modelBusy') return next;
  if (next.code !== 'modelBusy') return known;
  return (next.waitMs ?? 0) < (known.waitMs ?? 0) ? next : known;
}

function nobodyFor(considered: readonly Considered[], now: Date): StewardError {
  const why = considered.map(({ entry, reasons }) => `${entry.name} is ${reasons.at(-1)}`).join('; ');
  const backAt = considered.flatMap(({ restsUntil }) => (restsUntil === undefined ? [] : [restsUntil.getTime()]));
  if (backAt.length > 0) {
    const waitMs = Math.max(0, Math.min(...backAt) - now.getTime());
    return new StewardError('modelBusy', `Cannot ask a model now: ${why}`, { waitMs });
  }
  return new StewardError('modelNone', `Cannot ask a model: ${why === '' ? 'none is set up' : why}`);
}
