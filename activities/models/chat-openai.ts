import type { OpenAI } from 'openai';
import { StewardError } from '../../schemas/errors.ts';
import type { ModelAsk, ModelMessage, ModelReply, ModelTool } from '../../schemas/model-chat.ts';
import { countTokens } from './count-tokens.ts';
import { modelFailure, openOpenai, type RemoteModel, statusOf } from './open-openai.ts';

type Chunk = OpenAI.ChatCompletionChunk;

/** A long answer with the envelope that a stream puts around each word. */
const maxBytes = 16 * 1_048_576;

/**
 * Asks an OpenAI-compatible endpoint once, with tools, and hands on its words as they come.
 *
 * @throws modelBusy when it does not answer in time or breaks off, modelRefused when key, name or request are refused
 * @source platform.openai.com/docs/api-reference/chat-streaming
 */
export async function chatOpenai(entry: RemoteModel, ask: ModelAsk, timeoutMs: number): Promise<ModelReply> {
  const client = await openOpenai(entry, timeoutMs, maxBytes);
  const { signal } = ask;
  try {
    const stream = await client.chat.completions.create(
      {
        model: entry.model ?? entry.name,
        messages: ask.messages.map(asOpenai),
        max_completion_tokens: ask.maxOutputTokens,
        stream: true,
        stream_options: { include_usage: true },
        ...(ask.tools.length === 0 ? {} : { tools: ask.tools.map(toolOf) }),
      },
      signal === undefined ? {} : { signal },
    );
    return await readStream(stream, ask);
  } catch (cause) {
    if (cause instanceof StewardError) throw cause;
    throw modelFailure(entry.name, statusOf(cause));
  }
}

async function readStream(stream: AsyncIterable<Chunk>, ask: ModelAsk): Promise<ModelReply> {
  let text = '';
  let finished = false;
  let usage: Chunk['usage'];
  const calls = new Map<number, { id: string; tool: string; args: string }>();
  for await (const chunk of stream) {
    usage = chunk.usage ?? usage;
    const [choice] = chunk.choices ?? [];
    if (choice === undefined) continue;
    finished ||= choice.finish_reason != null;
    if (choice.delta?.content) {
      text += choice.delta.content;
      ask.onText?.(text);
    }
    for (const { index, id, function: named } of choice.delta?.tool_calls ?? []) {
      const call = calls.get(index) ?? { id: id ?? `call-${index}`, tool: '', args: '' };
      calls.set(index, call);
      call.tool += named?.name ?? '';
      call.args += named?.arguments ?? '';
    }
  }
  // Half an answer is none: it may be half of a call.
  if (!finished) throw new StewardError('modelBusy', 'Cannot read the answer of the model: it broke off');
  const reply = { text, calls: [...calls.values()].filter(({ tool }) => tool !== '') };
  const tokens =
    usage == null ? countTokens(ask, reply) : { input: usage.prompt_tokens, output: usage.completion_tokens };
  return { ...reply, tokens };
}

function asOpenai(message: ModelMessage): OpenAI.ChatCompletionMessageParam {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.call.id, content: message.content };
  if (message.role !== 'assistant') return message;
  const { content, calls = [] } = message;
  if (calls.length === 0) return { role: 'assistant', content };
  return {
    role: 'assistant',
    content,
    tool_calls: calls.map(({ id, tool, args }) => ({
      id,
      type: 'function',
      function: { name: tool, arguments: args },
    })),
  };
}

function toolOf({ name, does, parameters }: ModelTool): OpenAI.ChatCompletionTool {
  return { type: 'function', function: { name, description: does, parameters } };
}
