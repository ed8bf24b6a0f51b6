import { stat } from 'node:fs/promises';
import type { FoundCan } from '../../../schemas/model-desk.ts';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import { useGguf } from '../gguf/open-gguf.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { ollamaName } from './chat-ollama.ts';

/** What servers call it, the narrowest first: vLLM, OpenRouter and Together, Groq, Mistral and LM Studio, llama.cpp. */
const names = ['max_model_len', 'context_length', 'context_window', 'max_context_length'] as const;

const bounds = { wholeMs: 10_000, firstMs: 10_000, maxBytes: 4 * 1_048_576 };

/** What is said of a model, where it is said. */
export type ModelFacts = Pick<FoundCan, 'context' | 'size'>;

/** What a model's server says of it, or its file; nothing where neither does. */
export async function describeModel(entry: ModelEntry): Promise<ModelFacts> {
  try {
    if (entry.type === 'gguf') return await ofFile(entry);
    return entry.type === 'ollama' ? await ofOllama(entry) : await ofRemote(entry);
  } catch {
    return {};
  }
}

async function ofFile(entry: Extract<ModelEntry, { type: 'gguf' }>): Promise<ModelFacts> {
  const [{ size }, context] = await Promise.all([
    stat(entry.path),
    useGguf(entry, async ({ speaking }) => (await speaking()).context.contextSize),
  ]);
  return { size, context };
}

/**
 * What it was made for: a server loads it with what a question needs, up to that.
 *
 * @source docs.ollama.com/api/show, docs.ollama.com/api/tags
 */
async function ofOllama(entry: Extract<ModelEntry, { type: 'ollama' }>): Promise<ModelFacts> {
  const name = ollamaName(entry);
  const ask = async (path: string, init: RequestInit = {}) =>
    (await (await boundedFetch(bounds)(new URL(path, entry.endpoint), init)).json()) as Record<string, unknown>;
  const shown = await ask('/api/show', { method: 'POST', body: JSON.stringify({ model: name }) });
  const info = Object.entries((shown.model_info ?? {}) as Record<string, unknown>);
  const listed = (await ask('/api/tags').catch(() => ({}))) as { models?: { name?: string; size?: unknown }[] };
  return factsOf(
    info.find(([key]) => key.endsWith('.context_length'))?.[1],
    listed.models?.find((one) => one.name === name || one.name === `${name}:latest`)?.size,
  );
}

/** @source docs.vllm.ai, openrouter.ai/docs/api-reference, console.groq.com/docs/models, llama.cpp tools/server README */
async function ofRemote({ endpoint, auth, model, name }: Extract<ModelEntry, { type: 'remote' }>): Promise<ModelFacts> {
  const url = `${endpoint.replace(/\/$/, '')}/models`;
  const headers = auth === undefined ? {} : { authorization: `Bearer ${auth.api_key}` };
  const answer = await boundedFetch(bounds)(url, { headers });
  const { data } = (await answer.json()) as { data?: ({ id?: string; meta?: object } & Record<string, unknown>)[] };
  const listed = data?.find(({ id }) => id === (model ?? name)) ?? (data?.length === 1 ? data[0] : undefined);
  if (listed === undefined) return {};
  const meta = listed.meta as { n_ctx?: unknown; n_ctx_train?: unknown; size?: unknown } | undefined;
  const said = [...names.map((one) => listed[one]), meta?.n_ctx, meta?.n_ctx_train];
  return factsOf(
    said.find((count) => countOf(count) !== undefined),
    meta?.size,
  );
}

function factsOf(saidContext: unknown, saidSize: unknown): ModelFacts {
  const [context, size] = [countOf(saidContext), countOf(saidSize)];
  return { ...(context === undefined ? {} : { context }), ...(size === undefined ? {} : { size }) };
}

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
