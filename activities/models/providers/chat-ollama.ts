import { basename } from 'node:path';
import type { ChatResponse, Message } from 'ollama';
import type { ModelCall, ModelMessage, ModelReply, ProviderAsk } from '../../../schemas/model-chat.ts';
import type { ModelEntry } from '../../../schemas/models-file.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { countTokens, tokensAsked } from './count-tokens.ts';
import { ollamaImages } from './media-parts.ts';
import { ModelFault, nameOutcome } from './name-outcome.ts';
import { faultIn } from './open-openai.ts';
import type { AskProvider } from './provider.ts';

export type OllamaModel = Extract<ModelEntry, { type: 'ollama' }>;

/** What a server calls the model: `model`, else the last part of `path` without its ending, else `name`. Pure. */
export const ollamaName = ({ model, path, name }: OllamaModel): string =>
  model ?? (path === undefined ? name : basename(path, '.gguf'));

/** Asks an Ollama server. @source docs.ollama.com/api/chat */
export const chatOllama: AskProvider<OllamaModel> = async (entry, ask, bounds) => {
  const { Ollama } = await import('ollama');
  const { signal, schema, tools, temperature } = ask;
  const bounded = boundedFetch(bounds);
  const ended: typeof fetch = (url, init = {}) => bounded(url, signal === undefined ? init : { ...init, signal });
  const client = new Ollama({ host: entry.endpoint, fetch: ended });
  let begun = false;
  try {
    const stream = await client.chat({
      model: ollamaName(entry),
      stream: true,
      messages: ask.messages.map(asOllama),
      options: {
        num_predict: ask.maxOutputTokens,
        ...(temperature === undefined ? {} : { temperature }),
        ...(entry.gpu_id === undefined ? {} : { main_gpu: entry.gpu_id }),
        num_ctx: entry.can.context ?? contextFor(ask),
      },
      ...(schema === undefined ? {} : { format: schema.json }),
      ...(entry.keepMinutes === undefined ? {} : { keep_alive: `${entry.keepMinutes}m` }),
      ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    });
    begun = true;
    return await readStream(stream, ask);
  } catch (cause) {
    signal?.throwIfAborted();
    throw ollamaFault(cause, begun);
  }
};

const leastContext = 8_192;

/**
 * What a server is to load a model with: it cuts what is longer, without a word. In steps of powers of two, so that it loads
 * the model anew seldom. @source docs.ollama.com/context-length
 */
function contextFor(ask: ProviderAsk): number {
  const needed = tokensAsked(ask) + ask.maxOutputTokens;
  return Math.max(leastContext, 2 ** Math.ceil(Math.log2(needed)));
}

/** What a failed call of the client means. Pure. @param begun - an answer had begun to come */
export function ollamaFault(cause: unknown, begun: boolean): ModelFault {
  const { status_code: status, message } = cause as { status_code?: number; message?: string };
  const known = faultIn(cause) ?? nameOutcome({ status, words: [message] });
  return begun && known.outcome === 'away' ? new ModelFault('broke') : known;
}

async function readStream(stream: AsyncIterable<ChatResponse>, ask: ProviderAsk): Promise<ModelReply> {
  let text = '';
  let last: ChatResponse | undefined;
  const calls: ModelCall[] = [];
  for await (const chunk of stream) {
    if (chunk.message?.content) {
      text += chunk.message.content;
      ask.onText?.(text);
    }
    for (const { function: named } of chunk.message?.tool_calls ?? []) {
      calls.push({ id: `call-${calls.length}`, tool: named.name, args: JSON.stringify(named.arguments) });
    }
    last = chunk;
  }
  if (last?.done !== true) throw new ModelFault('broke');
  const { prompt_eval_count: input, eval_count: output } = last;
  return { text, calls, tokens: countTokens(ask, { text, calls }, { input, output }) };
}

function toolOf({ name, does, parameters }: ProviderAsk['tools'][number]) {
  return { type: 'function', function: { name, description: does, parameters } };
}

function asOllama(message: ModelMessage): Message {
  if (message.role === 'tool') return { role: 'tool', tool_name: message.call.tool, content: message.content };
  if (message.role !== 'assistant') {
    const { role, content, media = [] } = message;
    return { role, content, ...(media.length === 0 ? {} : { images: ollamaImages(media) }) };
  }
  const { content, calls = [] } = message;
  return {
    role: 'assistant',
    content,
    ...(calls.length === 0
      ? {}
      : { tool_calls: calls.map(({ tool, args }) => ({ function: { name: tool, arguments: argsOf(args) } })) }),
  };
}

/** A call that was no JSON was refused, and is told again as it was. */
function argsOf(args: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(args);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : { value: read };
  } catch {
    return { value: args };
  }
}
