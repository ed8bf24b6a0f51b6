import { basename } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import type { AnswerSchema, ModelAsk, ModelTool } from '../../schemas/model-chat.ts';
import type { ModelDesk, ModelTrial } from '../../schemas/model-desk.ts';
import { modelOutcomes } from '../../schemas/model-outcomes.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { isLocal } from '../../schemas/models-file.ts';
import { dropLesson, keepLesson, readLessons } from '../../store/models/intent-lessons.ts';
import { seenOfModels } from '../../store/models/model-calls.ts';
import { keepProbe, readProbes } from '../../store/models/model-probes.ts';
import type { Store } from '../../store/store.ts';
import { considerModels, type RouterDeps } from './ask-models.ts';
import { generate } from './pipeline/generate.ts';
import { processInput } from './pipeline/process-input.ts';
import { canOf } from './pipeline/route-models.ts';
import { askProvider } from './providers/ask-provider.ts';
import { ModelFault } from './providers/name-outcome.ts';

interface DeskDeps extends Omit<RouterDeps, 'log'> {
  readonly store: Store;
  readonly personId: string;
}

const yesOrNo: AnswerSchema = {
  name: 'yes_or_no',
  json: {
    ...{ type: 'object', properties: { answer: { type: 'string', enum: ['yes', 'no'] } } },
    ...{ required: ['answer'], additionalProperties: false },
  },
  check: (value) => {
    const { answer } = value as { answer?: unknown };
    return answer === 'yes' || answer === 'no' ? undefined : 'answer is neither yes nor no';
  },
};
const look: ModelTool = {
  ...{ name: 'weather', does: 'Tells the weather of a city.' },
  parameters: {
    ...{ type: 'object', properties: { city: { type: 'string' } } },
    ...{ required: ['city'], additionalProperties: false },
  },
};
const bounds = { wholeMs: 300_000, firstMs: 240_000, maxBytes: 1_048_576 };
/** Models that think aloud need room before the word. */
const words = 1_000;

/** Makes what a person asks about models. */
export function makeModelDesk(deps: DeskDeps): ModelDesk {
  const { files, health, store } = deps;
  return {
    list: async () => {
      const { models } = files.current().models;
      const [seen, found] = await Promise.all([seenOfModels(store), readProbes(store, models)]);
      return await Promise.all(
        models.map(async (entry) => {
          const rests = await health.rests(entry);
          const {
            calls = 0,
            answered = 0,
            reused = 0,
            tokens = 0,
            cost = 0,
            latencyMs,
          } = seen.find(({ model }) => model === entry.name) ?? {};
          const { name, type } = entry;
          return {
            ...{ name, type, host: hostOf(entry), local: isLocal(entry), can: canOf(entry, found.get(name)) },
            ...(rests === undefined ? {} : { rests: { until: rests.until, why: rests.why } }),
            seen: { calls, answered, reused, tokens, cost, ...(latencyMs == null ? {} : { latencyMs }) },
          };
        }),
      );
    },
    explain: async ({ text, tools, localOnly }) => {
      const { intent, why } = await deps.recogniser.recognise(text, { personId: deps.personId });
      const ask: ModelAsk = {
        messages: [{ role: 'user', content: text }],
        ...{ tools: tools ? [look] : [], maxOutputTokens: 4_096, localOnly },
        for: { personId: deps.personId, purpose: 'test' },
      };
      const considered = await considerModels(deps, files.current().models, intent, processInput(ask).needs);
      const models = considered.map(({ entry, place, reasons }) => ({
        ...{ name: entry.name, reasons },
        ...(place === undefined ? {} : { place }),
      }));
      return { intent, why, models };
    },
    teach: async ({ text, intent }) => {
      const id = await keepLesson(store, deps.personId, { text, intent });
      return { id, lessons: (await readLessons(store, deps.personId)).length };
    },
    lessons: () => readLessons(store, deps.personId),
    unteach: async (id) => {
      if (!(await dropLesson(store, deps.personId, id))) throw new StewardError('notFound', `There is no lesson ${id}`);
    },
    test: async (name) => {
      const entry = files.current().models.models.find((one) => one.name === name);
      if (entry === undefined) throw new StewardError('notFound', `There is no model ${name} in models.yaml`);
      const trial = await tryModel(deps, entry);
      if (trial.outcome === 'answered') await keepProbe(store, entry, trial.can);
      return trial;
    },
  };
}

/** Asks for a word, then for an object and a tool: what it refuses there, it cannot do. */
async function tryModel(deps: DeskDeps, entry: ModelEntry): Promise<ModelTrial> {
  const spent = { tokens: 0, cost: 0 };
  const began = performance.now();
  const ask = async (content: string, more: Partial<ModelAsk> = {}, byEnvelope = false) => {
    const asked: ModelAsk = {
      messages: [{ role: 'user', content }],
      ...{ tools: [], maxOutputTokens: words, intent: 'question', ...more },
      for: { personId: deps.personId, purpose: 'test' },
    };
    const begin = (one: ModelAsk) =>
      deps.meter.begin(deps.files.current().models, entry, { ...one, intent: 'question' }, processInput(one).needs);
    const reply = await generate({ askOne: askProvider, begin, bounds, traceContent: false }, entry, asked, byEnvelope);
    spent.tokens += reply.tokens.input + reply.tokens.output;
    spent.cost += reply.cost;
    return reply;
  };
  try {
    await ask('Answer with the one word OK.');
    const tookMs = performance.now() - began;
    await deps.health.answered(entry);
    const schema = await can(async () => {
      await ask('Is water wet? Answer with a JSON object {"answer":"yes"} or {"answer":"no"}.', { schema: yesOrNo });
      return true;
    });
    const calls = async (byEnvelope: boolean) =>
      await can(async () => {
        const asked = 'What is the weather in Rome? Call the tool to find out.';
        const reply = await ask(asked, { tools: [look] }, byEnvelope);
        return reply.calls.some(({ tool }) => tool === look.name);
      });
    const byItself = canOf(entry).tools !== 'envelope' && (await calls(false));
    const tools = byItself || (schema && (await calls(true)) ? 'envelope' : false);
    return { name: entry.name, outcome: 'answered', tookMs, ...spent, can: { tools, schema } };
  } catch (error) {
    if (!(error instanceof ModelFault)) throw error;
    const { outcome, why = modelOutcomes[outcome].means } = error;
    const tookMs = performance.now() - began;
    return { name: entry.name, outcome, why, tookMs, ...spent, can: {} };
  }
}

/** What is refused cannot be done; what is away just now is another matter. @throws ModelFault */
async function can(tried: () => Promise<boolean>): Promise<boolean> {
  try {
    return await tried();
  } catch (error) {
    if (error instanceof ModelFault && (error.outcome === 'badRequest' || error.outcome === 'lied')) return false;
    throw error;
  }
}

const hostOf = (entry: ModelEntry): string =>
  entry.type === 'gguf' ? basename(entry.path) : new URL(entry.endpoint).host;
