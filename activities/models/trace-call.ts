import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ModelAsk, ModelReply } from '../../schemas/model-chat.ts';
import { type ModelEntry, placeOfModel } from '../../schemas/models-file.ts';
import { ModelFault } from './providers/name-outcome.ts';

/**
 * Makes one span of one call, by the conventions for generative AI. Without an exporter it costs nothing.
 *
 * @param withContent - whether what was asked and answered is in it; the conventions leave it out unless asked to
 * @source opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans, version 1.37
 */
export function traceCall(
  entry: ModelEntry,
  ask: ModelAsk,
  withContent: boolean,
  call: () => Promise<ModelReply>,
): Promise<ModelReply> {
  return trace.getTracer('steward.models').startActiveSpan(
    `chat ${nameOf(entry)}`,
    {
      kind: entry.type === 'gguf' ? SpanKind.INTERNAL : SpanKind.CLIENT,
      attributes: askedOf(entry, ask, withContent),
    },
    async (span) => {
      try {
        const reply = await call();
        span.setAttributes({
          'gen_ai.usage.input_tokens': reply.tokens.input,
          'gen_ai.usage.output_tokens': reply.tokens.output,
          'gen_ai.response.finish_reasons': [reply.calls.length > 0 ? 'tool_calls' : 'stop'],
          ...(withContent ? { 'gen_ai.output.messages': JSON.stringify([spoken('assistant', reply.text)]) } : {}),
        });
        return reply;
      } catch (error) {
        const named = error instanceof ModelFault ? error.outcome : 'stopped';
        span.setAttribute('error.type', named);
        span.setStatus({ code: SpanStatusCode.ERROR, message: named });
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

function askedOf(
  entry: ModelEntry,
  { messages, schema, tools, maxOutputTokens, temperature, for: { purpose } }: ModelAsk,
  withContent: boolean,
): Attributes {
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': entry.type === 'remote' ? 'openai' : entry.type,
    'gen_ai.request.model': nameOf(entry),
    'gen_ai.request.max_tokens': maxOutputTokens,
    'gen_ai.output.type': schema === undefined ? 'text' : 'json',
    ...(temperature === undefined ? {} : { 'gen_ai.request.temperature': temperature }),
    ...(entry.type === 'gguf' ? {} : serverOf(placeOfModel(entry))),
    'steward.model': entry.name,
    'steward.purpose': purpose,
    'steward.tools': tools.length,
    ...(withContent
      ? { 'gen_ai.input.messages': JSON.stringify(messages.map(({ role, content }) => spoken(role, content))) }
      : {}),
  };
}

const nameOf = ({ model, name }: ModelEntry) => model ?? name;

const spoken = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

function serverOf(endpoint: string): Attributes {
  const { hostname, port, protocol } = new URL(endpoint);
  return { 'server.address': hostname, 'server.port': Number(port || (protocol === 'https:' ? 443 : 80)) };
}
