import type { OpenAI } from 'openai';
import type { ModelCall, ModelMessage, ModelReply, ModelTool, ProviderAsk } from '../../../schemas/model-chat.ts';
import { countTokens } from './count-tokens.ts';
import { asResponsesItem } from './media-parts.ts';
import { ModelFault } from './name-outcome.ts';
import { openaiFault, openOpenai, type RemoteModel } from './open-openai.ts';
import type { AskProvider } from './provider.ts';

type Item = OpenAI.Responses.ResponseInputItem;
type Event = OpenAI.Responses.ResponseStreamEvent;

/**
 * Asks an endpoint by OpenAI's Responses, as a stream. Nothing is kept there: each question brings all that was said.
 *
 * @source platform.openai.com/docs/api-reference/responses-streaming
 */
export const chatResponses: AskProvider<RemoteModel> = async (entry, ask, bounds) => {
  const client = await openOpenai(entry, bounds);
  const { signal } = ask;
  let begun = false;
  try {
    const stream = await client.responses.create(bodyOf(entry, ask), signal === undefined ? {} : { signal });
    begun = true;
    return await readStream(stream, ask);
  } catch (cause) {
    signal?.throwIfAborted();
    throw openaiFault(cause, begun);
  }
};

function bodyOf(
  entry: RemoteModel,
  { messages, tools, schema, maxOutputTokens, temperature }: ProviderAsk,
): OpenAI.Responses.ResponseCreateParamsStreaming {
  return {
    ...{ model: entry.model ?? entry.name, input: messages.flatMap(itemsOf), max_output_tokens: maxOutputTokens },
    ...{ stream: true, store: false },
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(schema === undefined
      ? {}
      : {
          text: {
            format:
              entry.can.schema === false
                ? { type: 'json_object' }
                : { type: 'json_schema', name: schema.name, strict: true, schema: { ...schema.json } },
          },
        }),
  };
}

async function readStream(stream: AsyncIterable<Event>, ask: ProviderAsk): Promise<ModelReply> {
  let text = '';
  let ended: OpenAI.Responses.Response | undefined;
  const calls: ModelCall[] = [];
  for await (const event of stream) {
    if (event.type === 'response.output_text.delta') {
      text += event.delta;
      ask.onText?.(text);
    } else if (event.type === 'response.output_item.done' && event.item.type === 'function_call') {
      calls.push({ id: event.item.call_id, tool: event.item.name, args: event.item.arguments });
    } else if (event.type === 'response.completed' || event.type === 'response.incomplete') ended = event.response;
    else if (event.type === 'response.failed')
      throw new ModelFault(event.response.error?.code === 'rate_limit_exceeded' ? 'limited' : 'broke');
  }
  // Half an answer is none: it may be half of a call.
  if (ended === undefined) throw new ModelFault('broke');
  const counted = { input: ended.usage?.input_tokens, output: ended.usage?.output_tokens };
  return { text, calls, tokens: countTokens(ask, { text, calls }, counted) };
}

function itemsOf(message: ModelMessage): Item[] {
  if (message.role === 'tool')
    return [{ type: 'function_call_output', call_id: message.call.id, output: message.content }];
  if (message.role !== 'assistant') return [asResponsesItem(message)];
  const { content, calls = [] } = message;
  return [
    ...(content === '' ? [] : [{ role: 'assistant' as const, content }]),
    ...calls.map(({ id, tool, args }) => ({
      ...{ type: 'function_call' as const, call_id: id, name: tool, arguments: args },
    })),
  ];
}

function toolOf({ name, does, parameters }: ModelTool): OpenAI.Responses.FunctionTool {
  return { type: 'function', name, description: does, parameters, strict: false };
}
