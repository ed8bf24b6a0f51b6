import { type ModelMessage, mediaIn, type ProviderAsk } from '../../../schemas/model-chat.ts';
import type { GgufModel } from '../gguf/llama-runtime.ts';
import { type OpenGguf, useGguf } from '../gguf/open-gguf.ts';
import type { Llama, LlamaTurn } from '../gguf/runtime-types.ts';
import { ModelFault } from './name-outcome.ts';
import type { AskProvider } from './provider.ts';

/** What a chat template puts around each message, tokens, at most. */
const tokensOfTurn = 16;

/** Asks a model that runs in this process, one question at a time. Tools are asked for by an envelope alone. */
export const chatGguf: AskProvider<GgufModel> = async (entry, ask, { wholeMs, firstMs, maxBytes }) => {
  const ends = new AbortController();
  const first = setTimeout(() => ends.abort(new ModelFault('slow')), firstMs).unref();
  const whole = setTimeout(() => ends.abort(new ModelFault('tooMuch')), wholeMs).unref();
  const signal = ask.signal === undefined ? ends.signal : AbortSignal.any([ends.signal, ask.signal]);
  let text = '';
  const onTextChunk = (chunk: string) => {
    clearTimeout(first);
    text += chunk;
    if (Buffer.byteLength(text) > maxBytes) return ends.abort(new ModelFault('tooMuch'));
    ask.onText?.(text);
  };
  try {
    return await useGguf(entry, async (gguf) => {
      signal.throwIfAborted();
      return await answer(gguf, ask, signal, onTextChunk);
    });
  } catch (cause) {
    ask.signal?.throwIfAborted();
    if (ends.signal.aborted) throw ends.signal.reason;
    throw cause instanceof ModelFault ? cause : new ModelFault('broke');
  } finally {
    clearTimeout(first);
    clearTimeout(whole);
  }
};

async function answer(
  { llama, model, speaking }: OpenGguf,
  { messages, maxOutputTokens, schema, temperature }: ProviderAsk,
  signal: AbortSignal,
  onTextChunk: (text: string) => void,
) {
  if (mediaIn(messages).length > 0)
    throw new ModelFault('badRequest', { why: 'a file in the worker takes neither pictures nor sounds' });
  const { context, sequence, chat } = await speaking();
  const input = messages.reduce((sum, { content }) => sum + model.tokenize(content).length + tokensOfTurn, 0);
  // The library would leave out the oldest words without a word.
  if (input + maxOutputTokens > context.contextSize) throw new ModelFault('tooLong');
  const before = sequence.tokenMeter.getState();
  const grammar = schema === undefined ? undefined : await grammarOf(llama, schema.json);
  const { response: text } = await chat.generateResponse([...messages.map(turnOf), { type: 'model', response: [] }], {
    ...{ maxTokens: maxOutputTokens, signal, stopOnAbortSignal: false, onTextChunk },
    ...(temperature === undefined ? {} : { temperature }),
    ...(grammar === undefined ? {} : { grammar }),
  });
  const { usedOutputTokens: output } = sequence.tokenMeter.diff(before);
  return { text, calls: [], tokens: { input, output } };
}

function turnOf({ role, content }: ModelMessage): LlamaTurn {
  if (role === 'assistant') return { type: 'model', response: [content] };
  return { type: role === 'system' ? 'system' : 'user', text: content };
}

/** Of schemas it knows a part: what it does not know is asked for as any object, and checked like every answer. */
async function grammarOf(llama: Llama, schema: object): Promise<unknown> {
  try {
    return await llama.createGrammarForJsonSchema(schema);
  } catch {
    return await llama.getGrammarFor('json');
  }
}
