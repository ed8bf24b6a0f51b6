import type { FoundCan } from '../../../schemas/model-desk.ts';
import type { Intent } from '../../../schemas/model-intents.ts';
import type { ModelLanguage } from '../../../schemas/model-languages.ts';
import { isLocal, type ModelEntry, type ModelsFile } from '../../../schemas/models-file.ts';
import { sizeWords } from '../../../schemas/size-words.ts';
import type { ModelNeeds } from './process-input.ts';

/** What is known of a model besides its entry. */
export interface ModelState {
  /** Left alone until then, and why, in words. */
  readonly rests?: {
    readonly until: Date;
    readonly why: string;
    /** It may have come back by itself. */
    readonly lastResort: boolean;
  };
  /** Of an answer as a whole, as seen lately, milliseconds. */
  readonly latencyMs?: number;
  /** What `steward models test` found; the entry's own `can` counts more. */
  readonly can?: FoundCan;
}

/** A model, and why it is asked where it is, or not at all. */
export interface Considered {
  readonly entry: ModelEntry;
  /** From 1; undefined where it is not asked. */
  readonly place?: number;
  readonly reasons: readonly string[];
  /** Where it is not asked only because it rests: until then. */
  readonly restsUntil?: Date;
  /** As the file says; else as it was found. */
  readonly can: FoundCan;
}

/**
 * Step 3, routing: which models are asked, in which order, and why. One that rests is asked last, since it may have come
 * back; one that may not or cannot is not asked. Pure.
 */
export function routeModels(
  { models, prefer, order, embed }: Pick<ModelsFile, 'models' | 'prefer' | 'order' | 'embed'>,
  intent: Intent,
  needs: ModelNeeds,
  stateOf: (name: string) => ModelState,
): Considered[] {
  const preferred = prefer[intent] ?? [];
  const judged = models.map((entry, at) => {
    const state = stateOf(entry.name);
    const liked = preferred.indexOf(entry.name);
    const can = canOf(entry, state.can);
    const cannot = entry.name === embed ? 'not asked: it makes vectors and no words' : refusalOf(entry, needs, can);
    const { rests } = state;
    const waits = cannot === undefined && rests !== undefined && (needs.optional || !rests.lastResort);
    const refusal = cannot ?? (waits ? `not asked now: ${restWords(rests)}` : undefined);
    const by = orderOf({ ...entry, ...can }, order, state, at);
    const { language } = needs;
    const foreign = language !== undefined && can.languages?.includes(language) === false;
    const reasons = [
      ...(liked === -1 ? [] : [`\`prefer.${intent}\` names it${liked === 0 ? ' first' : ''}`]),
      ...(refusal === undefined ? [by.why] : [refusal]),
      ...(refusal === undefined && foreign
        ? [`behind others: it is not known to speak ${languageNames[language]}`]
        : []),
      ...(refusal === undefined && rests !== undefined ? [`asked last: ${restWords(rests)}`] : []),
    ];
    const rank = [rests === undefined ? 0 : 1, liked === -1 ? preferred.length : liked, foreign ? 1 : 0, by.rank, at];
    return { entry, can, refusal, reasons, rank, restsUntil: waits ? rests.until : undefined };
  });
  const asked = judged.filter(({ refusal }) => refusal === undefined).sort((a, b) => compare(a.rank, b.rank));
  const not = judged.filter(({ refusal }) => refusal !== undefined);
  return [
    ...asked.map(({ entry, can, reasons }, at) => ({ entry, can, place: at + 1, reasons })),
    ...not.map(({ entry, can, reasons, restsUntil }) => ({
      ...{ entry, can, reasons },
      ...(restsUntil === undefined ? {} : { restsUntil }),
    })),
  ];
}

const languageNames: Readonly<Record<ModelLanguage, string>> = { en: 'English', de: 'German', zh: 'Chinese' };

/** Tokens: with less room to answer than this a model is not asked. */
const leastAnswer = 512;
/** Tokens are estimated: so much of a question may be more. */
const margin = 1.1;

/** How many tokens an answer may have: what was asked for, or what a model has room for. Pure. */
export function roomToAnswer(
  { tokens, tokensIn }: Pick<ModelNeeds, 'tokens' | 'tokensIn'>,
  { context }: FoundCan,
): number {
  const asked = tokens - tokensIn;
  if (context === undefined) return asked;
  return Math.max(Math.min(asked, leastAnswer), Math.min(asked, Math.floor(context - tokensIn * margin)));
}

/** Why a model is not asked. */
function refusalOf(entry: ModelEntry, needs: ModelNeeds, can: FoundCan): string | undefined {
  if (needs.localOnly && !isLocal(entry)) return 'not asked: these words must not leave, and it is not local';
  if (needs.tools && can.tools === false) return 'not asked: it cannot call tools';
  if (needs.vision && can.vision === false) return 'not asked: it takes no pictures';
  if (needs.audio && can.audio === false) return 'not asked: it takes no sounds';
  const least = needs.tokensIn + Math.min(needs.tokens - needs.tokensIn, leastAnswer);
  if (can.context !== undefined && least > can.context)
    return `not asked: about ${least} tokens do not fit into its ${can.context}`;
  return undefined;
}

const restWords = ({ until, why }: NonNullable<ModelState['rests']>) => `it rests until ${until.toISOString()}, ${why}`;

/** What a model can do: as its entry says, else as it was found. Pure. */
export const canOf = (entry: ModelEntry, found: ModelState['can'] = {}): FoundCan => ({
  // Small models, as run in the worker itself, keep to an object where they do not keep to the form of calls.
  ...(entry.type === 'gguf' ? { tools: 'envelope', vision: false, audio: false } : {}),
  ...(entry.type === 'ollama' ? { audio: false } : {}),
  ...found,
  ...Object.fromEntries(Object.entries(entry.can).filter(([, value]) => value !== undefined)),
});

function orderOf(
  { price, size }: Pick<ModelEntry, 'price'> & Pick<FoundCan, 'size'>,
  order: ModelsFile['order'],
  { latencyMs }: ModelState,
  at: number,
) {
  // One that nobody has seen yet is tried, or it would never be seen.
  if (order === 'fastest')
    return latencyMs === undefined
      ? { rank: 0, why: 'nobody has seen how fast it is' }
      : { rank: latencyMs, why: `answers in about ${Math.round(latencyMs)} ms` };
  if (order === 'cheapest') {
    const cost = price === undefined ? 0 : price.input + price.output;
    return { rank: cost, why: cost === 0 ? 'costs nothing' : `costs ${price!.input} in and ${price!.output} out` };
  }
  if (order === 'smallest' || order === 'largest') {
    // Whoever runs it says nothing of its size: those are the large ones.
    const rank = (size ?? Number.MAX_SAFE_INTEGER) * (order === 'smallest' ? 1 : -1);
    return { rank, why: size === undefined ? 'nobody says how large it is' : `is ${sizeWords(size)} large` };
  }
  return { rank: at, why: `number ${at + 1} in models.yaml` };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, one] of a.entries()) if (one !== b[at]) return one - b[at]!;
  return 0;
}
