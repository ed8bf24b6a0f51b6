import type { AnswerSchema, ModelAsk, ModelMedia, ModelTool } from '../../schemas/model-chat.ts';
import type { FoundCan, ModelTrial } from '../../schemas/model-desk.ts';
import { type ModelLanguage, modelLanguages } from '../../schemas/model-languages.ts';
import { type ModelOutcomeName, modelOutcomes } from '../../schemas/model-outcomes.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import type { RouterDeps } from './ask-models.ts';
import { embedOnce } from './embed-once.ts';
import { generate } from './pipeline/generate.ts';
import { languageOf } from './pipeline/language-of.ts';
import { processInput } from './pipeline/process-input.ts';
import { canOf } from './pipeline/route-models.ts';
import { plainPicture, threeTones } from './probe-media.ts';
import { askProvider } from './providers/ask-provider.ts';
import { describeModel } from './providers/describe-model.ts';
import { ModelFault } from './providers/name-outcome.ts';

export interface ProbeDeps extends Pick<RouterDeps, 'files' | 'meter' | 'health'> {
  readonly personId: string;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

type Spent = { tokens: number; cost: number };
type Ask = (
  content: string,
  more?: Partial<ModelAsk> & { media?: ModelMedia[] },
  byEnvelope?: boolean,
) => Promise<Said>;
type Said = Pick<Awaited<ReturnType<typeof generate>>, 'text' | 'calls'>;

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

/** What a model is told that it may call. */
export const probeTool: ModelTool = {
  ...{ name: 'weather', does: 'Tells the weather of a city.' },
  parameters: {
    ...{ type: 'object', properties: { city: { type: 'string' } } },
    ...{ required: ['city'], additionalProperties: false },
  },
};

/** A question in each language: whoever speaks it answers in it. */
const inLanguage: Readonly<Record<ModelLanguage, string>> = {
  en: 'Describe fresh snow in one sentence.',
  de: 'Beschreibe frischen Schnee in einem Satz.',
  zh: '请用一句话描述刚下的雪。',
};

const bounds = { wholeMs: 300_000, firstMs: 240_000, maxBytes: 1_048_576 };
/** Models that think aloud need room before the word. */
const words = 1_000;

/** Really asks a model, and finds out what it can do: what it refuses or gets wrong, it cannot. */
export async function probeModel(deps: ProbeDeps, entry: ModelEntry): Promise<ModelTrial> {
  const spent: Spent = { tokens: 0, cost: 0 };
  const began = performance.now();
  let tookMs: number | undefined;
  try {
    if (entry.name === deps.files.current().models.embed) {
      const can = await probeVectors(deps, entry, spent);
      return { name: entry.name, outcome: 'answered', tookMs: performance.now() - began, ...spent, can };
    }
    const ask = askerOf(deps, entry, spent);
    await ask('Answer with the one word OK.');
    tookMs = performance.now() - began;
    await deps.health.answered(entry);
    const found = await probeWords(entry, ask);
    return { name: entry.name, outcome: 'answered', tookMs, ...spent, can: found };
  } catch (error) {
    if (!(error instanceof ModelFault)) throw error;
    const { outcome, why = modelOutcomes[outcome].means } = error;
    return { name: entry.name, outcome, why, tookMs: performance.now() - began, ...spent, can: {} };
  }
}

function askerOf({ files, meter, personId, signal }: ProbeDeps, entry: ModelEntry, spent: Spent): Ask {
  return async (content, { media, ...more } = {}, byEnvelope = false) => {
    const asked: ModelAsk = {
      messages: [{ role: 'user', content, ...(media === undefined ? {} : { media }) }],
      ...{ tools: [], maxOutputTokens: words, intent: 'question', ...more },
      for: { personId, purpose: 'test' },
      ...(signal === undefined ? {} : { signal }),
    };
    const begin = (one: ModelAsk) =>
      meter.begin(files.current().models, entry, { ...one, intent: 'question' }, processInput(one).needs);
    const reply = await generate({ askOne: askProvider, begin, bounds, traceContent: false }, entry, asked, byEnvelope);
    spent.tokens += reply.tokens.input + reply.tokens.output;
    spent.cost += reply.cost;
    return reply;
  };
}

async function probeWords(entry: ModelEntry, ask: Ask): Promise<FoundCan> {
  const schema = await can(async () => {
    await ask('Is water wet? Answer with a JSON object {"answer":"yes"} or {"answer":"no"}.', { schema: yesOrNo });
    return true;
  });
  const calls = async (byEnvelope: boolean) =>
    await can(async () => {
      const asked = 'What is the weather in Rome? Call the tool to find out.';
      const reply = await ask(asked, { tools: [probeTool] }, byEnvelope);
      return reply.calls.some(({ tool }) => tool === probeTool.name);
    });
  const known = canOf(entry);
  const byItself = known.tools !== 'envelope' && (await calls(false));
  const tools = byItself || (schema && (await calls(true)) ? 'envelope' : false);
  const media = known.vision === false ? {} : { vision: await can(async () => await sees(ask), mediaRefused) };
  const sounds = known.audio === false ? {} : { audio: await can(async () => await hears(ask), mediaRefused) };
  const languages: ModelLanguage[] = [];
  for (const one of modelLanguages) {
    if (await can(async () => languageOf((await ask(inLanguage[one])).text) === one)) languages.push(one);
  }
  return { tools, schema, ...media, ...sounds, languages, ...(await describeModel(entry)) };
}

/** A server that leaves out what it does not know answers all the same: two colours are not guessed. */
async function sees(ask: Ask): Promise<boolean> {
  const media = [plainPicture([255, 220, 0]), plainPicture([0, 140, 40])];
  const { text } = await ask('Which colour fills the first picture, and which the second? Answer with two words.', {
    media,
  });
  return /yellow[\s\S]*green/i.test(text);
}

async function hears(ask: Ask): Promise<boolean> {
  const { text } = await ask('How many tones do you hear? Answer with one number.', { media: [threeTones()] });
  return /\b(3|three)\b/i.test(text);
}

async function probeVectors(deps: ProbeDeps, entry: ModelEntry, spent: Spent): Promise<FoundCan> {
  const asked = { for: { personId: deps.personId, purpose: 'test' as const } };
  const file = deps.files.current().models;
  const { vectors, tokens, cost } = await embedOnce(deps, file, entry, asked, ['one text', 'and another']);
  spent.tokens += tokens.input;
  spent.cost += cost;
  return { dimensions: vectors[0]!.length };
}

const refused: readonly ModelOutcomeName[] = ['badRequest', 'lied', 'tooLong'];
/** Servers of one model answer pictures that it cannot take as a fault of their own; the next question shows whether they are there. */
const mediaRefused: readonly ModelOutcomeName[] = [...refused, 'away', 'broke'];

/** What is refused cannot be done; what is away just now is another matter. @throws ModelFault */
async function can(tried: () => Promise<boolean>, by = refused): Promise<boolean> {
  try {
    return await tried();
  } catch (error) {
    if (error instanceof ModelFault && by.includes(error.outcome)) return false;
    throw error;
  }
}
