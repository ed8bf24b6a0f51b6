import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { ModelAsk, ModelReply, ModelTokens } from '../../schemas/model-chat.ts';
import type { EmbedAsk, EmbedReply } from '../../schemas/model-embed.ts';
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
  return inSpan(entry, 'chat', chatOf(ask, withContent), call, (reply) => ({
    'gen_ai.usage.output_tokens': reply.tokens.output,
    'gen_ai.response.finish_reasons': [reply.calls.length > 0 ? 'tool_calls' : 'stop'],
    ...(withContent ? { 'gen_ai.output.messages': JSON.stringify([spoken('assistant', reply.text)]) } : {}),
  }));
}

/** The same of a call for vectors. What they were made of is in no span. */
export function traceEmbedding(
  entry: ModelEntry,
  ask: Pick<EmbedAsk, 'texts' | 'for'>,
  call: () => Promise<EmbedReply>,
): Promise<EmbedReply> {
  const asked = { 'steward.purpose': ask.for.purpose, 'steward.texts': ask.texts.length };
  return inSpan(entry, 'embeddings', asked, call, ({ vectors }) => ({
    'gen_ai.embeddings.dimension.count': vectors[0]?.length ?? 0,
  }));
}

function inSpan<T extends { readonly tokens: ModelTokens }>(
  entry: ModelEntry,
  operation: 'chat' | 'embeddings',
  asked: Attributes,
  call: () => Promise<T>,
  answeredOf: (reply: T) => Attributes,
): Promise<T> {
  return trace.getTracer('steward.models').startActiveSpan(
    `${operation} ${nameOf(entry)}`,
    {
      kind: entry.type === 'gguf' ? SpanKind.INTERNAL : SpanKind.CLIENT,
      attributes: { ...modelOf(entry), 'gen_ai.operation.name': operation, ...asked },
    },
    async (span) => {
      try {
        const reply = await call();
        span.setAttributes({ 'gen_ai.usage.input_tokens': reply.tokens.input, ...answeredOf(reply) });
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

const modelOf = (entry: ModelEntry): Attributes => ({
  'gen_ai.provider.name': entry.type === 'remote' ? 'openai' : entry.type,
  'gen_ai.request.model': nameOf(entry),
  'steward.model': entry.name,
  ...(entry.type === 'gguf' ? {} : serverOf(placeOfModel(entry))),
});

function chatOf(
  { messages, schema, tools, maxOutputTokens, temperature, for: { purpose } }: ModelAsk,
  withContent: boolean,
): Attributes {
  return {
    'gen_ai.request.max_tokens': maxOutputTokens,
    'gen_ai.output.type': schema === undefined ? 'text' : 'json',
    ...(temperature === undefined ? {} : { 'gen_ai.request.temperature': temperature }),
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
