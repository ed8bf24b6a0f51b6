/**
 * - Each call is one span by the conventions for generative AI, sent to a collector over HTTP; a failed one names why.
 * - No word of a question or an answer and no key is in it, unless the words are asked for.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { makeAskModel } from '../../../../activities/models/ask-models.ts';
import { makeEmbedTexts } from '../../../../activities/models/embed-texts.ts';
import { startTracing } from '../../../../workers/start-tracing.ts';
import { fakeModel } from '../../../support/fake-openai.ts';
import { modelWorld } from '../../../support/model-world.ts';

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly attributes: { key: string; value: Record<string, unknown> }[];
  readonly status: { code?: number; message?: string };
}

async function collector() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push(`${request.url} ${text}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    said: () => bodies.join('\n'),
    spans: () =>
      bodies.flatMap((body) => {
        expect(body).toMatch(/^\/v1\/traces \{/);
        const { resourceSpans } = JSON.parse(body.slice(body.indexOf('{'))) as {
          resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
        };
        return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('a call is a span with what it took and without a word of it; one that failed says why', async () => {
  await using far = await fakeModel((_last, nth) =>
    nth === 1 ? { say: 'answer-canary', usage: { prompt_tokens: 40, completion_tokens: 3 } } : { status: 429 },
  );
  await using spans = await collector();
  const stop = await startTracing(`${spans.endpoint}/`);
  await using world = await modelWorld({
    models: [
      { name: 'cloud', type: 'remote', model: 'big-1', endpoint: far.openaiEndpoint, auth: { api_key: 'key-canary' } },
    ],
  });
  const ask = { messages: [{ role: 'user' as const, content: 'question-canary' }], temperature: 0, fresh: true };
  await world.ask(ask);
  await expect(world.ask(ask)).rejects.toMatchObject({ code: 'modelBusy' });
  await stop!();
  expect(spans.said()).not.toMatch(/(answer|question|key)-canary/);
  const [well, ill] = spans.spans();
  expect(well).toMatchObject({ name: 'chat big-1', kind: 3 });
  expect(attributesOf(well!)).toMatchObject({
    ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'big-1' },
    ...{ 'gen_ai.usage.input_tokens': 40, 'gen_ai.usage.output_tokens': 3, 'gen_ai.request.max_tokens': 100 },
    ...{ 'server.address': '127.0.0.1', 'steward.model': 'cloud', 'steward.purpose': 'turn' },
  });
  expect(attributesOf(ill!)).toMatchObject({ 'error.type': 'limited' });
  expect(ill!.status).toMatchObject({ code: 2, message: 'limited' });
});

test('words are in a span where they are asked for, and nothing is sent where no collector is named', async () => {
  expect(await startTracing(undefined)).toBeUndefined();
  await using far = await fakeModel(() => ({ say: 'answer-canary' }));
  await using spans = await collector();
  const stop = await startTracing(spans.endpoint);
  await using world = await modelWorld({
    models: [{ name: 'cloud', type: 'remote', endpoint: far.openaiEndpoint, auth: { api_key: 'key-canary' } }],
  });
  const askModel = makeAskModel({ ...world.parts, traceContent: true });
  await askModel({
    messages: [{ role: 'user', content: 'question-canary' }],
    ...{ tools: [], maxOutputTokens: 10, for: { personId: world.personId, purpose: 'turn' } },
  });
  await stop!();
  expect(spans.said()).toContain('question-canary');
  expect(spans.said()).toContain('answer-canary');
  expect(spans.said()).not.toContain('key-canary');
});

test('a call for vectors is a span too, without a word of what they were made of', async () => {
  await using far = await fakeModel(() => ({ say: '' }));
  await using spans = await collector();
  const stop = await startTracing(spans.endpoint);
  const models = [{ name: 'v', type: 'remote', model: 'small', endpoint: far.openaiEndpoint }];
  await using world = await modelWorld({ models, embed: 'v' });
  const embed = makeEmbedTexts({ ...world.parts, store: world.store });
  await embed({ texts: ['text-canary', 'two'], for: { personId: world.personId, purpose: 'memory' } });
  await stop!();
  expect(spans.said()).not.toContain('text-canary');
  const [span] = spans.spans();
  expect(span).toMatchObject({ name: 'embeddings small', kind: 3 });
  expect(attributesOf(span!)).toMatchObject({
    ...{ 'gen_ai.operation.name': 'embeddings', 'gen_ai.embeddings.dimension.count': 8 },
    ...{ 'gen_ai.usage.input_tokens': 2, 'steward.model': 'v', 'steward.texts': 2, 'steward.purpose': 'memory' },
  });
});
