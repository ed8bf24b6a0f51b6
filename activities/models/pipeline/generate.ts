import type { AnsweredAsk, ModelAsk, ModelMessage, ModelReply, ProviderAsk } from '../../../schemas/model-chat.ts';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import type { MeteredCall } from '../meter.ts';
import type { AnswerBounds } from '../providers/bounded-fetch.ts';
import { ModelFault } from '../providers/name-outcome.ts';
import { traceCall } from '../trace-call.ts';
import { adaptOutput } from './adapt-output.ts';
import { asEnvelope, readEnvelope } from './tool-envelope.ts';

/** Asks one model once; fails with a `ModelFault`. */
export type AskOne = (entry: ModelEntry, ask: ProviderAsk, bounds: AnswerBounds) => Promise<ModelReply>;

export interface Generating {
  readonly askOne: AskOne;
  /** Each try is counted by itself; fails with a `ModelFault`. */
  readonly begin: (ask: ModelAsk) => Promise<MeteredCall>;
  readonly bounds: AnswerBounds;
  /** Whether a span holds what was asked and answered. */
  readonly traceContent: boolean;
}

/** Tries of one model at an object: what is wrong with the first is told to it once. */
const mostTries = 2;

/**
 * Step 4, generation: has one model answer, as an object where one was asked for. What came out is adapted, step 5. Fails
 * with a `ModelFault`.
 *
 * @param byEnvelope - tools are told in words, and called by an object
 */
export async function generate(
  generating: Generating,
  entry: ModelEntry,
  asked: ModelAsk,
  byEnvelope = false,
): Promise<Omit<AnsweredAsk, 'model'>> {
  const enveloped = byEnvelope && asked.tools.length > 0;
  const ask = enveloped ? asEnvelope(asked) : asked;
  let messages: readonly ModelMessage[] = ask.messages;
  const spent = { input: 0, output: 0, cost: 0 };
  for (let tries = 1; ; tries += 1) {
    const { reply, adapted, cost } = await tryOnce(generating, entry, { ...ask, messages });
    spent.input += reply.tokens.input;
    spent.output += reply.tokens.output;
    spent.cost += cost;
    if (adapted.fits) {
      const { text, object } = adapted;
      const tokens = { input: spent.input, output: spent.output };
      if (enveloped) return { ...readEnvelope(object), tokens, cost: spent.cost };
      return { text, calls: reply.calls, tokens, cost: spent.cost, ...(object === undefined ? {} : { object }) };
    }
    if (tries >= mostTries) throw new ModelFault('lied');
    const again = `That cannot be used: ${adapted.fault}. Answer with one JSON object of the schema and nothing else.`;
    messages = [...messages, { role: 'assistant', content: reply.text }, { role: 'user', content: again }];
  }
}

async function tryOnce({ askOne, begin, bounds, traceContent }: Generating, entry: ModelEntry, ask: ModelAsk) {
  const call = await begin(ask);
  const onText = (text: string) => {
    call.heard(text);
    // An object is of use to nobody before it is whole.
    if (ask.schema === undefined) ask.onText?.(text);
  };
  let reply: ModelReply;
  try {
    reply = await traceCall(entry, ask, traceContent, () => askOne(entry, { ...ask, onText }, bounds));
  } catch (error) {
    call.failed(error instanceof ModelFault ? error.outcome : 'stopped');
    throw error;
  }
  // Whoever asks for a tool answers later.
  const adapted = adaptOutput(reply, reply.calls.length > 0 ? undefined : ask.schema);
  return { reply, adapted, cost: call.ended(adapted.fits ? 'answered' : 'lied', reply.tokens) };
}
