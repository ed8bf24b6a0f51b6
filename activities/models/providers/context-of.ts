import type { ModelEntry } from '../../../schemas/models-file.ts';
import { useGguf } from '../gguf/open-gguf.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { ollamaName } from './chat-ollama.ts';

/** What servers call it, the narrowest first: vLLM, OpenRouter and Together, Groq, Mistral and LM Studio, llama.cpp. */
const names = ['max_model_len', 'context_length', 'context_window', 'max_context_length'] as const;

const bounds = { wholeMs: 10_000, firstMs: 10_000, maxBytes: 4 * 1_048_576 };

/** How many tokens a model takes, in and out, as its server says; undefined where it does not. */
export async function contextOf(entry: ModelEntry): Promise<number | undefined> {
  try {
    if (entry.type === 'gguf')
      return await useGguf(entry, async ({ speaking }) => (await speaking()).context.contextSize);
    return entry.type === 'ollama' ? await ofOllama(entry) : await ofRemote(entry);
  } catch {
    return undefined;
  }
}

/** What it was made for: a server loads it with what a question needs, up to that. @source docs.ollama.com/api/show */
async function ofOllama(entry: Extract<ModelEntry, { type: 'ollama' }>): Promise<number | undefined> {
  const url = new URL('/api/show', entry.endpoint);
  const body = JSON.stringify({ model: ollamaName(entry) });
  const answer = await boundedFetch(bounds)(url, { method: 'POST', body });
  const { model_info: info = {} } = (await answer.json()) as { model_info?: Record<string, unknown> };
  return countOf(Object.entries(info).find(([key]) => key.endsWith('.context_length'))?.[1]);
}

/** @source docs.vllm.ai, openrouter.ai/docs/api-reference, console.groq.com/docs/models, llama.cpp tools/server README */
async function ofRemote({ endpoint, auth, model, name }: Extract<ModelEntry, { type: 'remote' }>) {
  const url = `${endpoint.replace(/\/$/, '')}/models`;
  const headers = auth === undefined ? {} : { authorization: `Bearer ${auth.api_key}` };
  const answer = await boundedFetch(bounds)(url, { headers });
  const { data } = (await answer.json()) as { data?: ({ id?: string; meta?: object } & Record<string, unknown>)[] };
  const listed = data?.find(({ id }) => id === (model ?? name)) ?? (data?.length === 1 ? data[0] : undefined);
  if (listed === undefined) return undefined;
  const meta = listed.meta as { n_ctx?: unknown; n_ctx_train?: unknown } | undefined;
  const said = [...names.map((one) => listed[one]), meta?.n_ctx, meta?.n_ctx_train];
  return said.map(countOf).find((count) => count !== undefined);
}

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
