import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake model does with one question. */
export type FakeAnswer =
  | { readonly say: string; readonly usage?: object }
  /** Asks for tools, with or without words before them. */
  | {
      readonly call: readonly { readonly tool: string; readonly args: string }[];
      readonly say?: string;
      readonly usage?: object;
    }
  /** Breaks off in the middle of what it says. */
  | { readonly half: string }
  /** Says it after so many milliseconds. */
  | { readonly say: string; readonly afterMs: number }
  /** Says a word every so many milliseconds. */
  | { readonly say: string; readonly everyMs: number }
  | { readonly status: number; readonly code?: string; readonly words?: string; readonly retryAfter?: string }
  /** Says one word after the other and never comes to an end. */
  | { readonly endless: string }
  /** Bytes that are no answer of the protocol. */
  | { readonly raw: string }
  /** Holds the answer until the server is closed. */
  | { readonly hang: true }
  | { readonly cut: true };

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: {
    model: string;
    messages: { role: string; content: string }[];
    stream?: boolean;
    [more: string]: unknown;
  };
}

export interface FakeModel extends AsyncDisposable {
  /** For `type: remote`. */
  readonly openaiEndpoint: string;
  /** For `type: ollama`. */
  readonly ollamaEndpoint: string;
  readonly asked: readonly Asked[];
}

/**
 * A model server over real HTTP: OpenAI's `/v1/chat/completions` and `/v1/responses`, and Ollama's `/api/chat`, on one port.
 *
 * @param answer - decides from the question, as a model would; it sees the quoted mail
 */
export async function fakeModel(
  answer: (quoted: string, nth: number, body: Asked['body']) => FakeAnswer,
): Promise<FakeModel> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    readJson(request).then(
      (body) => {
        const path = request.url ?? '';
        asked.push({ path, authorization: request.headers.authorization, body });
        if (/\/embed(dings)?$/.test(path)) return embed(response, path, answer('', asked.length, body), body);
        const last = (body.messages ?? (body.input as Asked['body']['messages'])).at(-1)?.content ?? '';
        void reply(response, path, answer(wordsIn(last), asked.length, body), body);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    openaiEndpoint: `${base}/v1`,
    ollamaEndpoint: base,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of parts, that which is text. */
const wordsIn = (content: string | readonly { readonly text?: string }[]): string =>
  typeof content === 'string' ? content : content.map(({ text = '' }) => text).join(' ');

/** Vectors of a text's own letters, so that like texts are alike; `say` is what is wrong with them, in JSON, if anything. */
function embed(response: ServerResponse, path: string, answer: FakeAnswer, body: Asked['body']): void {
  if ('status' in answer || 'hang' in answer) return void reply(response, path, answer, body);
  if ('raw' in answer) return void response.writeHead(200, { 'content-type': 'application/json' }).end(answer.raw);
  const texts = body.input as string[];
  const wrong: { rows?: unknown[]; dimensions?: number } =
    'say' in answer && answer.say !== '' ? JSON.parse(answer.say ?? '') : {};
  const rows = wrong.rows ?? texts.map((text) => lettersOf(text).slice(0, wrong.dimensions));
  const openai = {
    data: rows.map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse(),
    usage: { prompt_tokens: texts.join(' ').split(' ').length },
  };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(path.startsWith('/api') ? { embeddings: rows, prompt_eval_count: 7 } : openai));
}

function lettersOf(text: string): number[] {
  const row = Array.from({ length: 8 }, () => 0);
  for (const letter of text) row[letter.codePointAt(0)! % 8]! += 1;
  return row;
}

async function readJson(request: IncomingMessage): Promise<Asked['body']> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

async function reply(response: ServerResponse, path: string, answer: FakeAnswer, body: Asked['body']): Promise<void> {
  if ('hang' in answer) return;
  if ('cut' in answer) return void response.destroy();
  if ('status' in answer) {
    const { status, code, words = 'refused', retryAfter } = answer;
    const after = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    response.writeHead(status, { 'content-type': 'application/json', ...after });
    response.end(JSON.stringify({ error: path.startsWith('/api') ? words : { message: words, code } }));
    return;
  }
  if ('raw' in answer) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return void response.end(answer.raw);
  }
  if ('endless' in answer) return void (await sayForEver(response, path, answer.endless, body));
  if ('afterMs' in answer) await new Promise((resolve) => setTimeout(resolve, answer.afterMs));
  const pieces = path.startsWith('/api')
    ? ollamaPieces(answer, body)
    : path.endsWith('/responses')
      ? responsesPieces(answer)
      : openaiPieces(answer, body);
  response.writeHead(200, { 'content-type': body.stream === true ? 'text/event-stream' : 'application/json' });
  for (const piece of pieces) {
    response.write(piece);
    if ('everyMs' in answer) await new Promise((resolve) => setTimeout(resolve, answer.everyMs));
  }
  if ('half' in answer) {
    // What was written is under way for a moment yet.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return void response.destroy();
  }
  response.end();
}

/** Until whoever asked hangs up. */
async function sayForEver(response: ServerResponse, path: string, say: string, body: Asked['body']): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const [piece] = path.startsWith('/api') ? ollamaPieces({ say }, body) : openaiPieces({ say }, body);
  while (!response.destroyed) {
    if (!response.write(piece)) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const wordsOf = (answer: Speaking): string => ('half' in answer ? answer.half : (answer.say ?? ''));
type Speaking = Extract<FakeAnswer, { say: string } | { call: unknown } | { half: string }>;

function* openaiPieces(answer: Speaking, { model, stream }: Asked['body']): Generator<string> {
  const head = { id: 'c1', created: 0, model };
  if (stream !== true) {
    const choices = [{ index: 0, message: { role: 'assistant', content: wordsOf(answer) }, finish_reason: 'stop' }];
    yield JSON.stringify({ ...head, object: 'chat.completion', choices });
    return;
  }
  const chunk = (more: object) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...more })}\n\n`;
  const delta = (piece: object, finish: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: piece, finish_reason: finish }] });
  for (const word of wordsOf(answer).match(/\S+\s*/g) ?? []) yield delta({ content: word });
  if ('half' in answer) return;
  for (const [index, { tool, args }] of ('call' in answer ? answer.call : []).entries()) {
    yield delta({
      tool_calls: [{ index, id: `c${index}`, type: 'function', function: { name: tool, arguments: '' } }],
    });
    for (const part of [args.slice(0, 3), args.slice(3)]) {
      yield delta({ tool_calls: [{ index, function: { arguments: part } }] });
    }
  }
  yield delta({}, 'call' in answer ? 'tool_calls' : 'stop');
  const counted = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  yield chunk({ choices: [], usage: 'usage' in answer ? answer.usage : counted });
  yield 'data: [DONE]\n\n';
}

function* responsesPieces(answer: Speaking): Generator<string> {
  let nth = 0;
  const event = (type: string, more: object) => {
    nth += 1;
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: nth, ...more })}\n\n`;
  };
  yield event('response.created', { response: { id: 'r1', status: 'in_progress', output: [] } });
  for (const delta of wordsOf(answer).match(/\S+\s*/g) ?? [])
    yield event('response.output_text.delta', { item_id: 'm1', output_index: 0, content_index: 0, delta });
  if ('half' in answer) return;
  for (const [at, { tool, args }] of ('call' in answer ? answer.call : []).entries()) {
    const item = {
      type: 'function_call',
      id: `f${at}`,
      call_id: `c${at}`,
      name: tool,
      arguments: args,
      status: 'completed',
    };
    yield event('response.output_item.done', { output_index: at + 1, item });
  }
  const usage = { input_tokens: 100, output_tokens: 10, total_tokens: 110 };
  yield event('response.completed', { response: { id: 'r1', status: 'completed', output: [], usage } });
}

function* ollamaPieces(answer: Speaking, { model, stream }: Asked['body']): Generator<string> {
  const head = { model, created_at: '2026-11-23T08:00:00Z' };
  const calls = ('call' in answer ? answer.call : []).map(({ tool, args }) => ({
    function: { name: tool, arguments: JSON.parse(args) },
  }));
  const message = { role: 'assistant', content: wordsOf(answer), ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  const counted = { done: true, prompt_eval_count: 100, eval_count: 10 };
  if (stream === false || stream === undefined) return yield JSON.stringify({ ...head, message, done: true });
  yield `${JSON.stringify({ ...head, message, done: false })}\n`;
  if ('half' in answer) return;
  yield `${JSON.stringify({ ...head, message: { role: 'assistant', content: '' }, ...counted })}\n`;
}
