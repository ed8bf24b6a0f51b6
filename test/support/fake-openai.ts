import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a fake model does with one question. */
export type FakeAnswer =
  | { readonly say: string }
  | { readonly status: number }
  /** Holds the answer until the server is closed. */
  | { readonly hang: true }
  | { readonly cut: true };

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: { model: string; messages: { role: string; content: string }[]; [more: string]: unknown };
}

export interface FakeModel extends AsyncDisposable {
  /** For `type: remote`. */
  readonly openaiEndpoint: string;
  /** For `type: ollama`. */
  readonly ollamaEndpoint: string;
  readonly asked: readonly Asked[];
}

/**
 * A model server over real HTTP: OpenAI's `/v1/chat/completions` and Ollama's `/api/chat` on one port.
 *
 * @param answer - decides from the question, as a model would; it sees the quoted mail
 */
export async function fakeModel(answer: (quoted: string, nth: number) => FakeAnswer): Promise<FakeModel> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    readJson(request).then(
      (body) => {
        const path = request.url ?? '';
        asked.push({ path, authorization: request.headers.authorization, body });
        const quoted = body.messages.at(-1)?.content ?? '';
        reply(response, path, answer(quoted, asked.length), body.model);
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

async function readJson(request: IncomingMessage): Promise<Asked['body']> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

function reply(response: ServerResponse, path: string, answer: FakeAnswer, model: string): void {
  if ('hang' in answer) return;
  if ('cut' in answer) {
    response.destroy();
    return;
  }
  if ('status' in answer) {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: path.startsWith('/api') ? 'refused' : { message: 'refused' } }));
    return;
  }
  const message = { role: 'assistant', content: answer.say };
  const body = path.startsWith('/api')
    ? { model, created_at: '2026-11-23T08:00:00Z', message, done: true }
    : {
        id: 'c1',
        object: 'chat.completion',
        created: 0,
        model,
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
