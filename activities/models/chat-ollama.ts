import { basename } from 'node:path';
import type { ChatResponse, Message } from 'ollama';
import { StewardError } from '../../schemas/errors.ts';
import type { ModelAsk, ModelCall, ModelMessage, ModelReply } from '../../schemas/model-chat.ts';
import type { ModelEntry } from '../../schemas/models-file.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { countTokens } from './count-tokens.ts';
import { modelFailure } from './open-openai.ts';

export type OllamaModel = Extract<ModelEntry, { type: 'ollama' }>;

/** What a server calls the model: `model`, else the last part of `path`, else `name`. Pure. */
export const ollamaName = ({ model, path, name }: OllamaModel): string =>
  model ?? (path === undefined ? name : basename(path));

/**
 * Asks an Ollama server once, with tools, and hands on its words as they come.
 *
 * @throws modelBusy when it does not answer in time or breaks off, modelRefused when it has no such model
 * @source docs.ollama.com/api/chat
 */
export async function chatOllama(entry: OllamaModel, ask: ModelAsk, timeoutMs: number): Promise<ModelReply> {
  const { Ollama } = await import('ollama');
  const client = new Ollama({ host: entry.endpoint, fetch: boundedFetch(timeoutMs, 16 * 1_048_576, ask.signal) });
  try {
    const stream = await client.chat({
      model: ollamaName(entry),
      stream: true,
      messages: ask.messages.map(asOllama),
      options: {
        num_predict: ask.maxOutputTokens,
        ...(entry.gpu_id === undefined ? {} : { main_gpu: entry.gpu_id }),
      },
      ...(ask.tools.length === 0
        ? {}
        : {
            tools: ask.tools.map(({ name, does, parameters }) => ({
              type: 'function',
              function: { name, description: does, parameters },
            })),
          }),
    });
    return await readStream(stream, ask);
  } catch (cause) {
    if (cause instanceof StewardError) throw cause;
    throw modelFailure(entry.name, (cause as { status_code?: number }).status_code);
  }
}

async function readStream(stream: AsyncIterable<ChatResponse>, ask: ModelAsk): Promise<ModelReply> {
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
  if (last?.done !== true) throw new StewardError('modelBusy', 'Cannot read the answer of the model: it broke off');
  const { prompt_eval_count: input, eval_count: output } = last;
  const counted = input === undefined || output === undefined ? countTokens(ask, { text, calls }) : { input, output };
  return { text, calls, tokens: counted };
}

function asOllama(message: ModelMessage): Message {
  if (message.role === 'tool') return { role: 'tool', tool_name: message.call.tool, content: message.content };
  if (message.role !== 'assistant') return message;
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
