import { basename } from 'node:path';
import { StewardError } from '../../schemas/errors.ts';
import type { ModelAsk } from '../../schemas/model-chat.ts';
import type { ModelDesk } from '../../schemas/model-desk.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { isLocal } from '../../schemas/models-file.ts';
import { dropLesson, keepLesson, readLessons } from '../../store/models/intent-lessons.ts';
import { seenOfModels } from '../../store/models/model-calls.ts';
import { keepProbe, readProbes } from '../../store/models/model-probes.ts';
import type { Store } from '../../store/store.ts';
import { considerModels, type RouterDeps } from './ask-models.ts';
import { processInput } from './pipeline/process-input.ts';
import { canOf } from './pipeline/route-models.ts';
import { probeModel, probeTool } from './probe-model.ts';

interface DeskDeps extends Omit<RouterDeps, 'log'> {
  readonly store: Store;
  readonly personId: string;
}

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
        ...{ tools: tools ? [probeTool] : [], maxOutputTokens: 4_096, localOnly },
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
      const trial = await probeModel(deps, entry);
      if (trial.outcome === 'answered') await keepProbe(store, entry, trial.can);
      return trial;
    },
  };
}

const hostOf = (entry: ModelEntry): string =>
  entry.type === 'gguf' ? basename(entry.path) : new URL(entry.endpoint).host;
