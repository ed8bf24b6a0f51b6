import type { OpenAI } from 'openai';
import type { EmbedReply } from '../../../schemas/model-embed.ts';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import { contextTokens, useGguf } from '../gguf/open-gguf.ts';
import { awaitWithin } from '../wait-within.ts';
import { type AnswerBounds, boundedFetch } from './bounded-fetch.ts';
import { ollamaFault, ollamaName } from './chat-ollama.ts';
import { countTokens } from './count-tokens.ts';
import { ModelFault } from './name-outcome.ts';
import { openaiFault, openOpenai } from './open-openai.ts';

/** What a provider gives: rows of numbers, and how many tokens it counted, if it says so. */
interface Rows {
  readonly rows: unknown;
  readonly counted?: unknown;
}
type EmbedOne<E extends ModelEntry> = (
  entry: E,
  texts: readonly string[],
  bounds: AnswerBounds,
  signal: AbortSignal | undefined,
) => Promise<Rows>;

/** Has a model make vectors of texts, in one call. Never retries inside. Fails with a `ModelFault`. */
export async function embedByProvider(
  entry: ModelEntry,
  texts: readonly string[],
  bounds: AnswerBounds,
  signal?: AbortSignal,
): Promise<EmbedReply> {
  const { rows, counted } = await askRows(entry, texts, bounds, signal);
  // What answered may have been something else altogether.
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) throw new ModelFault('broke');
  const vectors = rows.map((row: readonly number[]) => Float32Array.from(row));
  const length = vectors[0]?.length ?? 0;
  // A vector that is missing, of another length or of no numbers would be compared all the same.
  const whole = vectors.length === texts.length && length > 0;
  if (!whole || !vectors.every((one) => one.length === length && one.every(Number.isFinite)))
    throw new ModelFault('broke');
  const asked = { messages: texts.map((content) => ({ role: 'user' as const, content })), tools: [] };
  return { vectors, tokens: { ...countTokens(asked, { text: '', calls: [] }, { input: counted }), output: 0 } };
}

async function askRows(...[entry, ...rest]: Parameters<EmbedOne<ModelEntry>>): Promise<Rows> {
  switch (entry.type) {
    case 'remote':
      return await byOpenai(entry, ...rest);
    case 'ollama':
      return await byOllama(entry, ...rest);
    case 'gguf':
      return await byGguf(entry, ...rest);
  }
}

/** @source platform.openai.com/docs/api-reference/embeddings */
const byOpenai: EmbedOne<Extract<ModelEntry, { type: 'remote' }>> = async (entry, texts, bounds, signal) => {
  const client = await openOpenai(entry, bounds);
  try {
    const { data, usage }: Partial<OpenAI.CreateEmbeddingResponse> = await client.embeddings.create(
      // Not every server knows Base64, which the client asks for by itself.
      { model: entry.model ?? entry.name, input: [...texts], encoding_format: 'float' },
      signal === undefined ? {} : { signal },
    );
    const rows = data?.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    return { rows, counted: usage?.prompt_tokens };
  } catch (cause) {
    signal?.throwIfAborted();
    throw openaiFault(cause, false);
  }
};

/** @source docs.ollama.com/api/embed */
const byOllama: EmbedOne<Extract<ModelEntry, { type: 'ollama' }>> = async (entry, texts, bounds, signal) => {
  const { Ollama } = await import('ollama');
  const bounded = boundedFetch(bounds);
  const ended: typeof fetch = (url, init = {}) => bounded(url, signal === undefined ? init : { ...init, signal });
  try {
    const { embeddings, prompt_eval_count: counted } = await new Ollama({ host: entry.endpoint, fetch: ended }).embed({
      ...{ model: ollamaName(entry), input: [...texts] },
      // Half a text would be kept for ever as the whole.
      truncate: false,
      ...(entry.keepMinutes === undefined ? {} : { keep_alive: `${entry.keepMinutes}m` }),
    });
    return { rows: embeddings, counted };
  } catch (cause) {
    signal?.throwIfAborted();
    throw ollamaFault(cause, false);
  }
};

/** @source node-llama-cpp.withcat.ai/guide/embedding */
const byGguf: EmbedOne<Extract<ModelEntry, { type: 'gguf' }>> = async (entry, texts, { wholeMs }, signal) => {
  const until = performance.now() + wholeMs;
  const rows: (readonly number[])[] = [];
  let counted = 0;
  try {
    await useGguf(entry, async ({ model, embedding }) => {
      const context = await embedding();
      for (const text of texts) {
        if (performance.now() > until) throw new ModelFault('tooMuch');
        const tokens = model.tokenize(text).length;
        if (tokens > Math.min(model.trainContextSize, contextTokens)) throw new ModelFault('tooLong');
        counted += tokens;
        rows.push((await awaitWithin(context.getEmbeddingFor(text), signal)).vector);
      }
    });
    return { rows, counted };
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof ModelFault ? cause : new ModelFault('broke');
  }
};
