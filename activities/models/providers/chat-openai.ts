import type { OpenAI } from 'openai';
import type { ModelMessage, ModelReply, ModelTool, ProviderAsk } from '../../../schemas/model-chat.ts';
import { countTokens } from './count-tokens.ts';
import { asChatMessage } from './media-parts.ts';
import { ModelFault } from './name-outcome.ts';
import { openaiFault, openOpenai, type RemoteModel } from './open-openai.ts';
import type { AskProvider } from './provider.ts';

type Chunk = OpenAI.ChatCompletionChunk;
type Body = OpenAI.ChatCompletionCreateParamsStreaming;

/** Endpoints that refused `json_schema`, or to tell what they counted: they are asked without it from then on. */
const without = { schema: new Set<string>(), usage: new Set<string>() };

/**
 * Asks an OpenAI-compatible endpoint: Chat Completions, as a stream. What an endpoint does not know, a schema or
 * `stream_options`, it is asked without; that is no second try of the same question, since it refused the first.
 *
 * @source platform.openai.com/docs/api-reference/chat-streaming
 */
export const chatOpenai: AskProvider<RemoteModel> = async (entry, ask, bounds) => {
  const client = await openOpenai(entry, bounds);
  const { signal } = ask;
  for (;;) {
    let begun = false;
    try {
      const stream = await client.chat.completions.create(bodyOf(entry, ask), signal === undefined ? {} : { signal });
      begun = true;
      return await readStream(stream, ask);
    } catch (cause) {
      signal?.throwIfAborted();
      const fault = openaiFault(cause, begun);
      if (fault.outcome !== 'badRequest' || !knowsLess(entry, ask, cause)) throw fault;
    }
  }
};

function bodyOf(entry: RemoteModel, ask: ProviderAsk): Body {
  const { schema, tools, temperature } = ask;
  return {
    model: entry.model ?? entry.name,
    messages: ask.messages.map(asOpenai),
    max_completion_tokens: ask.maxOutputTokens,
    stream: true,
    ...(without.usage.has(entry.endpoint) ? {} : { stream_options: { include_usage: true } }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(schema === undefined
      ? {}
      : {
          response_format:
            entry.can.schema === false || without.schema.has(entry.endpoint)
              ? { type: 'json_object' }
              : { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: { ...schema.json } } },
        }),
  };
}

/** Notes what an endpoint has refused. @returns whether it can be asked with less */
function knowsLess({ endpoint }: RemoteModel, { schema }: ProviderAsk, cause: unknown): boolean {
  const said = String((cause as Partial<Error>).message);
  const refused =
    /stream_options|include_usage/i.test(said) && !without.usage.has(endpoint)
      ? without.usage
      : schema !== undefined && /response_format|schema|format|grammar/i.test(said) && !without.schema.has(endpoint)
        ? without.schema
        : undefined;
  refused?.add(endpoint);
  return refused !== undefined;
}

async function readStream(stream: AsyncIterable<Chunk>, ask: ProviderAsk): Promise<ModelReply> {
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
  if (!finished) throw new ModelFault('broke');
  const reply = { text, calls: [...calls.values()].filter(({ tool }) => tool !== '') };
  const counted = { input: usage?.prompt_tokens, output: usage?.completion_tokens };
  return { ...reply, tokens: countTokens(ask, reply, counted) };
}

function asOpenai(message: ModelMessage): OpenAI.ChatCompletionMessageParam {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.call.id, content: message.content };
  if (message.role !== 'assistant') return asChatMessage(message);
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
